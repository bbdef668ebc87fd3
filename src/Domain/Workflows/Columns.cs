using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.Domain.Workflows;

/// <summary>Column lists and the records read from them, in the same order.</summary>
internal static class Columns
{
    internal const string Instance = "i.id, i.definition_id, i.definition_version_id, i.version, i.correlation_id, i.name, i.parent_instance_id, i.parent_execution_id, i.status, i.sub_status, i.incident_count, i.burst, i.created_at, i.updated_at, i.finished_at, i.input::text, i.output::text, i.properties::text, i.state::text";

    internal const string Message = "m.id, m.instance_id, m.kind, m.at, m.bookmark_id, m.activity_execution_id, m.payload::text, m.actor";

    internal const string Bookmark = "b.id, b.instance_id, b.activity_execution_id, b.activity_id, b.activity_type, b.kind, b.key, b.created_at, b.until, b.correlation_id, b.payload::text";

    internal const string Version = "d.id, d.definition_id, d.version, d.name, d.description, d.body, d.is_frozen, d.revision, d.seed_hash, d.created_at, d.updated_at, d.author, exists (select 1 from workflow_published p where p.version_id = d.id), d.version = (select max(x.version) from workflow_definitions x where x.definition_id = d.definition_id)";

    internal const string Stimulus = "s.sender_id, s.kind, s.key, s.received_at, s.correlation_id, s.only_instance_id, s.payload::text, s.actor";

    internal static WorkflowInstance ReadInstance(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        DefinitionId = r.GetString(1),
        DefinitionVersionId = r.GetString(2),
        Version = r.GetInt32(3),
        CorrelationId = r.Text(4),
        Name = r.Text(5),
        ParentInstanceId = r.Uuid(6),
        ParentExecutionId = r.Uuid(7),
        Status = Enum.Parse<InstanceStatus>(r.GetString(8)),
        SubStatus = Enum.Parse<InstanceSubStatus>(r.GetString(9)),
        IncidentCount = r.GetInt32(10),
        Burst = r.GetInt64(11),
        CreatedAt = r.GetFieldValue<DateTimeOffset>(12),
        UpdatedAt = r.GetFieldValue<DateTimeOffset>(13),
        FinishedAt = r.Time(14),
        Input = r.Object(15),
        Output = r.Object(16),
        Properties = r.Object(17),
        State = r.Object(18),
    };

    internal static InstanceMessage ReadMessage(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetGuid(1), Enum.Parse<MessageKind>(r.GetString(2)), r.GetFieldValue<DateTimeOffset>(3))
    {
        BookmarkId = r.Uuid(4),
        ActivityExecutionId = r.Uuid(5),
        Payload = r.Node(6),
        Actor = r.Text(7),
    };

    internal static Bookmark ReadBookmark(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetFieldValue<DateTimeOffset>(7))
    {
        Until = r.Time(8),
        CorrelationId = r.Text(9),
        Payload = r.Node(10),
    };

    internal static DefinitionVersion ReadVersion(NpgsqlDataReader r) => new()
    {
        Id = r.GetString(0),
        DefinitionId = r.GetString(1),
        Version = r.GetInt32(2),
        Name = r.GetString(3),
        Description = r.GetString(4),
        Body = r.GetString(5),
        IsFrozen = r.GetBoolean(6),
        Revision = r.GetInt32(7),
        SeedHash = r.Text(8),
        CreatedAt = r.GetFieldValue<DateTimeOffset>(9),
        UpdatedAt = r.GetFieldValue<DateTimeOffset>(10),
        Author = r.Text(11),
        IsPublished = r.GetBoolean(12),
        IsLatest = r.GetBoolean(13),
    };

    internal static StoredStimulus ReadStimulus(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3))
    {
        CorrelationId = r.Text(4),
        OnlyInstanceId = r.Uuid(5),
        Payload = r.Node(6),
        Actor = r.Text(7),
    };
}
