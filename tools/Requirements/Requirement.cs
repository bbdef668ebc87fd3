namespace MonOPCO.Requirements;

public enum Standing
{
    /// <summary>Carried by at least one test.</summary>
    Proven,

    /// <summary>In the product, but a test cannot prove it; <c>docs/requirements.md</c> says why.</summary>
    InProduct,

    Unproven,
}

/// <summary>One line of <c>docs/requirements.csv</c>. <paramref name="Target"/> is empty when the owner gave none.</summary>
public sealed record Requirement(string Id, string Seed, string Area, string Text, string Target);

/// <param name="Requirement">What was asked.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="Tests">Full names of the tests that carry it.</param>
/// <param name="Reason">From <c>docs/requirements.md</c>, when it is in the product without a test.</param>
public sealed record Line(Requirement Requirement, Standing Standing, IReadOnlyList<string> Tests, string? Reason);
