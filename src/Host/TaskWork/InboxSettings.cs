using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Host.TaskWork;

/// <summary>Section <c>Taches</c>.</summary>
public sealed class InboxSettings
{
    /// <summary>How long a decision can be taken back before the procedure hears of it; zero applies it in the request.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan UndoWindow { get; set; } = TimeSpan.FromSeconds(15);
}
