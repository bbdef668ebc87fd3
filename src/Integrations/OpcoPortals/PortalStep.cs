using System.Text.Json.Serialization;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>One line of a script: exactly one action and its modifiers.</summary>
public sealed record PortalStep
{
    // Actions.
    public string? Goto { get; init; }

    public PortalTarget? Expect { get; init; }

    /// <summary>Sign-in was refused when this appears before <see cref="Unless"/>.</summary>
    public PortalTarget? Refused { get; init; }

    public PortalTarget? Fill { get; init; }

    public PortalTarget? Select { get; init; }

    public PortalTarget? Check { get; init; }

    public PortalTarget? Upload { get; init; }

    public PortalTarget? Click { get; init; }

    public PortalTarget? Read { get; init; }

    /// <summary>Our request is already there when this appears before <see cref="Unless"/>; its text is the portal's reference.</summary>
    public PortalTarget? Search { get; init; }

    public string? Repeat { get; init; }

    public string? Screenshot { get; init; }

    // Modifiers.
    /// <summary>Path in the data; « ./x » is relative to the row of a repeat.</summary>
    public string? Value { get; init; }

    public string? Literal { get; init; }

    public string? Format { get; init; }

    /// <summary>Translates our codes to the portal's.</summary>
    public Dictionary<string, string>? Map { get; init; }

    /// <summary><c>identifiant</c> or <c>motDePasse</c> of the portal's account.</summary>
    public string? Secret { get; init; }

    public string? File { get; init; }

    public string? Download { get; init; }

    public string? As { get; init; }

    public bool Optional { get; init; }

    public PortalTarget? Unless { get; init; }

    /// <summary>Done only when this path has a value.</summary>
    public string? If { get; init; }

    public PortalStep[]? Steps { get; init; }

    /// <summary>Done before each row but the first.</summary>
    public PortalStep[]? Between { get; init; }

    [JsonIgnore] internal PortalTarget? Target => Expect ?? Refused ?? Fill ?? Select ?? Check ?? Upload ?? Click ?? Read ?? Search;

    [JsonIgnore]
    internal string Kind =>
        Goto is not null ? "goto" : Expect is not null ? "expect" : Refused is not null ? "refused" : Fill is not null ? "fill" : Select is not null ? "select" : Check is not null ? "check"
        : Upload is not null ? "upload" : Click is not null ? "click" : Read is not null ? "read" : Search is not null ? "search" : Repeat is not null ? "repeat" : "screenshot";

    /// <summary>What the step does, for people; never a value.</summary>
    public override string ToString() => Goto is not null ? $"goto {Goto}" : Repeat is not null ? $"repeat {Repeat}" : Screenshot is not null ? $"screenshot {Screenshot}" : $"{Kind} {Target}";

    internal string? Complaint(PortalPhase phase)
    {
        var actions = new object?[] { Goto, Expect, Refused, Fill, Select, Check, Upload, Click, Read, Search, Repeat, Screenshot }.Count(action => action is not null);
        return actions != 1 ? "une action et une seule est attendue."
            : Target is { Ways: not 1 } || Unless is { Ways: not 1 } ? "un élément se désigne d'une seule façon."
            : Target is { Url: not null } && Expect is null ? "une adresse ne peut être que vérifiée (expect)."
            : Unless is { Url: not null } ? "« unless » désigne un élément."
            : (Fill is not null || Select is not null) && new[] { Value, Literal, Secret }.Count(v => v is not null) != 1 ? "une valeur (value, literal ou secret) est attendue."
            : Secret is not null && (Fill is null || Secret is not ("identifiant" or "motDePasse") || phase != PortalPhase.Connexion) ? "un secret ne se tape qu'à la connexion."
            : Upload is not null && File is null ? "le nom de la pièce (file) est attendu."
            : Read is not null && As is null ? "le nom de la valeur lue (as) est attendu."
            : (Refused is not null || Search is not null) && Unless is null ? "« unless » est attendu : ce qui apparaît dans l'autre cas."
            : Repeat is not null && Steps is not { Length: > 0 } ? "les étapes répétées (steps) sont attendues."
            : (Search is not null && phase != PortalPhase.Recherche) || (Refused is not null && phase != PortalPhase.Connexion) ? "cette action n'appartient pas à cette phase."
            : null;
    }
}
