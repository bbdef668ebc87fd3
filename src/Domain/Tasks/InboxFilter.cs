namespace MonOPCO.Domain.Tasks;

/// <summary>The lists of the inbox.</summary>
public enum InboxList
{
    /// <summary>Taken by me, or meant for me by name; those of absent colleagues whom I stand in for.</summary>
    Mine,

    /// <summary>Taken by colleagues with one of my roles.</summary>
    Team,

    /// <summary>Free, for one of my roles.</summary>
    Available,

    /// <summary>Of the three above, those whose deadline has passed.</summary>
    Late,

    /// <summary>Done by me or by colleagues with one of my roles, newest first.</summary>
    Done,
}

public enum InboxSort
{
    Due,
    Priority,

    /// <summary>Longest waiting first.</summary>
    Created,
}

/// <summary>Narrows a list; everything is optional.</summary>
public sealed record InboxFilter
{
    /// <summary>Number, company, person or title of the dossier.</summary>
    public string? Text { get; init; }

    public string? Code { get; init; }

    public string? OpcoSlug { get; init; }

    public Guid? CompanyId { get; init; }

    public TaskPriority? Priority { get; init; }

    /// <summary>Due before this instant.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    public InboxSort Sort { get; init; }

    public bool IsEmpty => this with { Sort = InboxSort.Due } == new InboxFilter();
}

public sealed record InboxRow(
    Guid Id, string Code, string Title, TaskPriority Priority, DateTimeOffset DueAt, Guid? AssigneeId, string? AssigneeName, string? CandidateRole, Guid? DossierId, string? Numero, string? CompanyName, DateTimeOffset CreatedAt)
{
    public string? DossierTitle { get; init; }

    public string? OpcoName { get; init; }

    public Guid? TrainingBodyId { get; init; }

    public decimal? Amount { get; init; }

    public DateOnly? FilingDeadline { get; init; }

    public bool Filed { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public string? CompletedByName { get; init; }

    public string? Outcome { get; init; }

    public bool HasDraft { get; init; }

    public bool HasDeadline => DueAt < HumanTask.NoDeadline;
}

/// <summary><paramref name="Next"/>: Cursor of the next page, or null.</summary>
public sealed record InboxPage(IReadOnlyList<InboxRow> Rows, string? Next);
