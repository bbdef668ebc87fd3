namespace MonOPCO.Domain.Keys;

/// <summary>What a data key belongs to: destroying the key erases everything that was encrypted under it, in old backups too.</summary>
public readonly record struct KeySubject
{
    private KeySubject(string kind, string id) => (Kind, Id) = (kind, id);

    public string Kind { get; }

    public string Id { get; }

    public static KeySubject Dossier(Guid id) => new("dossier", id.ToString());

    public static KeySubject Company(Guid id) => new("company", id.ToString());

    /// <summary>A user account.</summary>
    public static KeySubject Account(Guid id) => new("account", id.ToString());

    /// <summary>A beneficiary's line in a dossier.</summary>
    public static KeySubject Beneficiary(Guid id) => new("beneficiaire", id.ToString());

    /// <summary>Whoever reads a mailbox, under a pseudonym (<see cref="KeyRing.PersonOf"/>): addresses have no place in the schema of keys.</summary>
    internal static KeySubject Person(string pseudonym) => new("person", pseudonym);

    /// <summary>The application's own secrets.</summary>
    internal static KeySubject Application(string purpose) => new("application", purpose);

    /// <summary>As <see cref="ToString"/> writes it, in columns that name the key of their neighbour.</summary>
    public static KeySubject Parse(string text) => text.Split(':', 2) is [var kind, var id] ? new(kind, id) : throw new FormatException($"'{text}' is not a subject of a key.");

    public override string ToString() => $"{Kind}:{Id}";
}

/// <summary>Where an encrypted value stands; authenticated, so that a value copied to another row, column or table does not open.</summary>
public readonly record struct KeyPlace(string Table, string Column, string Row)
{
    public override string ToString() => $"{Table}\n{Column}\n{Row}";
}
