using System.Text.Json;
using System.Text.Json.Serialization;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>The tables of <see cref="InMemoryWorkflowStore"/>. Rows are immutable records or are copied in and out.</summary>
internal sealed class MemoryData
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    internal sealed record BookmarkRow(Bookmark Bookmark, DateTimeOffset? ClosedAt = null, string? ClosedBy = null, bool Removed = false);

    internal sealed record MessageRow(InstanceMessage Message, long Sequence, int Sweeps, DateTimeOffset VisibleAt, bool Parked = false);

    internal sealed record WorkRow(ClaimedEffect Effect, DateTimeOffset DueAt, int Priority, DateTimeOffset? LeaseUntil, bool Cancelled);

    internal sealed record StimulusRow(StoredStimulus Stimulus, StimulusState State);

    internal enum StimulusState
    {
        Pending,
        Waiting,
        Consumed,
    }

    internal Dictionary<string, DefinitionVersion> Versions { get; init; } = [];

    internal Dictionary<string, string> Published { get; init; } = [];

    internal Dictionary<string, DateTimeOffset> PublishedAt { get; init; } = [];

    /// <summary>Frozen versions of deleted definitions.</summary>
    internal Dictionary<string, DateTimeOffset> Hidden { get; init; } = [];

    internal Dictionary<string, IReadOnlyList<WorkflowTrigger>> Triggers { get; init; } = [];

    internal Dictionary<Guid, WorkflowInstance> Instances { get; init; } = [];

    internal Dictionary<Guid, int> Priorities { get; init; } = [];

    internal Dictionary<Guid, BookmarkRow> Bookmarks { get; init; } = [];

    internal Dictionary<Guid, MessageRow> Mailbox { get; init; } = [];

    internal Dictionary<Guid, WorkRow> Work { get; init; } = [];

    internal Dictionary<Guid, EffectRecord> Effects { get; init; } = [];

    internal Dictionary<Guid, StimulusRow> Stimuli { get; init; } = [];

    internal Dictionary<long, (Guid InstanceId, JournalEntry Entry)> Journal { get; init; } = [];

    internal Dictionary<Guid, DateTimeOffset> Timers { get; init; } = [];

    internal long Sequence { get; set; }

    internal static T Copy<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, Json), Json)!;

    internal int OpenIncidents(Guid instanceId) => Mailbox.Values.Count(m => m.Parked && m.Message.InstanceId == instanceId);

    internal DefinitionVersion Flagged(DefinitionVersion version) => version with
    {
        IsPublished = Published.GetValueOrDefault(version.DefinitionId) == version.Id,
        IsLatest = Versions.Values.Where(v => v.DefinitionId == version.DefinitionId).Max(v => v.Version) == version.Version,
    };
}
