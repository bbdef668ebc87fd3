namespace MonOPCO.Engine.Storage;

/// <summary>
/// One version of a definition. A draft may be overwritten; once <see cref="IsFrozen"/> (published once, or an instance runs on it) its body never changes,
/// so that whatever is compiled from it may be cached by <see cref="Id"/> for ever.
/// </summary>
public sealed record DefinitionVersion
{
    /// <summary>Elsa's version id.</summary>
    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public required int Version { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The definition as it was saved, Elsa 3 JSON, byte for byte (export gives it back).</summary>
    public required string Body { get; init; }

    public bool IsFrozen { get; init; }

    /// <summary>Raised by each save of a draft: the optimistic check.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>Hash of the seed file this version was made from; null when a person edited it.</summary>
    public string? SeedHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public string? Author { get; init; }

    /// <summary>The published pointer names this version. Computed when read.</summary>
    public bool IsPublished { get; init; }

    /// <summary>No version of the definition is higher. Computed when read.</summary>
    public bool IsLatest { get; init; }
}

/// <summary>A stimulus under (<paramref name="Kind"/>, <paramref name="Key"/>) starts an instance of the version at this activity. Written when the version is published.</summary>
public sealed record WorkflowTrigger(string DefinitionId, string VersionId, string ActivityId, string Kind, string Key);

/// <summary>A definition cannot be deleted while instances run on it.</summary>
public sealed class DefinitionInUseException(string definitionId, int running) : Exception($"{running} instances of {definitionId} are running.")
{
    public int Running { get; } = running;
}

/// <summary>The draft was changed by somebody else since it was read.</summary>
public sealed class DraftConflictException(string definitionId, string? author)
    : Exception($"The draft of {definitionId} was saved by {author ?? "somebody else"} in the meantime.")
{
    public string DefinitionId { get; } = definitionId;

    public string? Author { get; } = author;
}
