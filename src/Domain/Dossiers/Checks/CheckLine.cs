namespace MonOPCO.Domain.Dossiers.Checks;

public enum CheckStatus
{
    Ok,
    Warning,
    Blocking,

    /// <summary>Cannot be judged: a person looks.</summary>
    Unknown,
}

/// <summary>One line of the check list. <paramref name="Code"/>: Stable; begins with the number of the rule in facts §10.2, e.g. <c>4-heures-bilan</c>. <paramref name="Label"/>: What is checked, in French. <paramref name="Proof"/>: What was found, in French. <paramref name="Source"/>: Where the rule comes from.</summary>
public sealed record CheckLine(string Code, string Label, CheckStatus Status, string Proof, string Source = "");

/// <summary><paramref name="Branch"/>: <c>opco</c>, or <c>fonds-propres</c> when mutualised funds are closed (50 employees or more): a branch, not a block.</summary>
public sealed record CheckReport(IReadOnlyList<CheckLine> Lines, string Branch)
{
    public const string Opco = "opco";
    public const string OwnFunds = "fonds-propres";

    public bool HasBlocking => Lines.Any(x => x.Status == CheckStatus.Blocking);
}
