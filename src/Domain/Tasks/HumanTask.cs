using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Tasks;

public enum HumanTaskStatus
{
    Open,

    /// <summary>A decision is recorded and may be taken back for a few seconds: gone from every list, the procedure has not heard of it yet.</summary>
    Deciding,
    Completed,
    Cancelled,
}

public enum TaskPriority
{
    Low,
    Normal,
    High,
    Urgent,
}

/// <summary>A button of a task. <paramref name="Style"/>: <c>primary</c>, <c>success</c>, <c>warning</c>, <c>danger</c> or <c>secondary</c>.</summary>
public sealed record TaskOutcome(string Name, string Label, string Style = "secondary", bool RequiresReason = false);

/// <summary>Work for a person. Candidates (role, company, account, e-mail) may take it; the assignee has it.</summary>
public sealed class HumanTask
{
    public required Guid Id { get; init; }

    /// <summary>Stable code from the procedure, e.g. <c>valider-demande</c>: picks the page that shows the task.</summary>
    public required string Code { get; init; }

    public required string Title { get; init; }

    public string Instruction { get; init; } = "";

    /// <summary>See <see cref="Users.Roles"/>.</summary>
    public string? CandidateRole { get; init; }

    public Guid? CandidateCompanyId { get; init; }

    public Guid? CandidateUserId { get; init; }

    /// <summary>For people without account, reached by a personal link.</summary>
    public string? CandidateEmail { get; init; }

    public string? CandidateEmailKey { get; private set; }

    public Guid? AssigneeId { get; internal set; }

    public string? AssigneeName { get; internal set; }

    public DateTimeOffset? ClaimedAt { get; internal set; }

    public TaskPriority Priority
    {
        get;
        set
        {
            field = value;
            PriorityRank = TaskPriority.Urgent - value;
        }
    } = TaskPriority.Normal;

    /// <summary>0 = urgent: the most pressing sorts first in an index.</summary>
    public int PriorityRank { get; private set; } = TaskPriority.Urgent - TaskPriority.Normal;

    /// <summary>Never null, so that the inbox pages by (due, id): tasks without deadline get a far one.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>When the next step of escalation is to be looked at; null = no more.</summary>
    public DateTimeOffset? EscalateAt { get; internal set; }

    /// <summary>Steps of escalation done.</summary>
    public int EscalationStep { get; internal set; }

    /// <summary>JSON Schema of the form; null = no form. Kept as its author wrote it: the order of the fields is theirs.</summary>
    public JsonObject? Form { get; init; }

    /// <summary>What the form shows and starts from.</summary>
    public JsonObject? Context { get; init; }

    public required List<TaskOutcome> Outcomes { get; init; }

    public HumanTaskStatus Status { get; internal set; }

    public Guid? DossierId { get; init; }

    public Guid? WorkflowInstanceId { get; init; }

    /// <summary>Key of the bookmark (kind <c>human-task</c>) that completing resumes.</summary>
    public string? BookmarkKey { get; init; }

    public JsonObject? Draft { get; internal set; }

    /// <summary>Rises with every saved draft: a tab that has not seen the last one may not overwrite it.</summary>
    public int DraftVersion { get; internal set; }

    public DateTimeOffset? DraftAt { get; internal set; }

    public string? DraftByName { get; internal set; }

    public string? Outcome { get; internal set; }

    public string? OutcomeReason { get; internal set; }

    public JsonObject? Data { get; internal set; }

    public Guid? CompletedById { get; internal set; }

    public string? CompletedByName { get; internal set; }

    public DateTimeOffset? CompletedAt { get; internal set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A task without own deadline sorts last.</summary>
    public static readonly DateTimeOffset NoDeadline = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal void Refresh() => CandidateEmailKey = CandidateEmail is null ? null : SearchText.EmailKey(CandidateEmail);
}

internal sealed class HumanTaskMapping : IEntityTypeConfiguration<HumanTask>
{
    private const string Open = "status = 'Open'";

    public void Configure(EntityTypeBuilder<HumanTask> builder)
    {
        builder.ToTable("human_tasks");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Outcomes).HasJson();
        builder.Property(x => x.Form).HasColumnType("json");

        // One partial index per key of the inbox: a UNION ALL of index scans beats one query with OR by far.
        builder.HasIndex(x => new { x.AssigneeId, x.DueAt, x.Id }).HasFilter($"{Open} and assignee_id is not null").HasDatabaseName("IX_human_tasks_inbox_assignee");
        builder.HasIndex(x => new { x.CandidateRole, x.DueAt, x.Id }).HasFilter($"{Open} and assignee_id is null and candidate_role is not null").HasDatabaseName("IX_human_tasks_inbox_role");
        builder.HasIndex(x => new { x.CandidateCompanyId, x.DueAt, x.Id }).HasFilter($"{Open} and assignee_id is null and candidate_company_id is not null").HasDatabaseName("IX_human_tasks_inbox_company");
        builder.HasIndex(x => new { x.CandidateUserId, x.DueAt, x.Id }).HasFilter($"{Open} and assignee_id is null and candidate_user_id is not null").HasDatabaseName("IX_human_tasks_inbox_user");
        builder.HasIndex(x => new { x.CandidateEmailKey, x.DueAt, x.Id }).HasFilter($"{Open} and assignee_id is null and candidate_email_key is not null").HasDatabaseName("IX_human_tasks_inbox_email");
        const string free = $"{Open} and assignee_id is null and candidate_role is not null";
        builder.HasIndex(x => new { x.CandidateRole, x.PriorityRank, x.DueAt, x.Id }).HasFilter(free).HasDatabaseName("IX_human_tasks_inbox_role_priority");
        builder.HasIndex(x => new { x.CandidateRole, x.CreatedAt, x.Id }).HasFilter(free).HasDatabaseName("IX_human_tasks_inbox_role_created");
        builder.HasIndex(x => new { x.CandidateRole, x.DueAt, x.Id }, "IX_human_tasks_inbox_team").HasFilter($"{Open} and assignee_id is not null and candidate_role is not null");
        builder.HasIndex(x => x.Code).HasFilter(Open).HasDatabaseName("IX_human_tasks_open_code");
        builder.HasIndex(x => new { x.CandidateRole, x.CompletedAt, x.Id }).HasFilter("status = 'Completed'").HasDatabaseName("IX_human_tasks_done_role");
        builder.HasIndex(x => new { x.CompletedById, x.CompletedAt, x.Id }).HasFilter("status = 'Completed'").HasDatabaseName("IX_human_tasks_done_by");
        builder.HasIndex(x => x.EscalateAt).HasFilter($"{Open} and escalate_at is not null").HasDatabaseName("IX_human_tasks_escalate");
        builder.HasIndex(x => new { x.DossierId, x.CreatedAt });
        builder.HasIndex(x => x.WorkflowInstanceId);
        builder.HasIndex(x => x.CandidateCompanyId);
        builder.HasIndex(x => x.CandidateEmailKey);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
