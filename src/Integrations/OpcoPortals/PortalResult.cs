namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>Closed answer of <see cref="PortalRunner"/>; whatever happened, the pictures taken so far are there.</summary>
public abstract record PortalResult
{
    private PortalResult()
    {
    }

    public IReadOnlyList<PortalScreenshot> Screenshots { get; init; } = [];

    /// <summary>What the script read (<c>as</c>), in the order of reading.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>True from the moment the submit button was pressed: the portal may have the request. Look for our reference before anything is sent again.</summary>
    public bool MayHaveSubmitted { get; init; }

    /// <summary>All phases done.</summary>
    public sealed record Completed(IReadOnlyDictionary<string, PortalFile> Downloads) : PortalResult;

    /// <summary>The portal is not as the script knows it; nothing further was done. Never retried blindly.</summary>
    public sealed record LandmarkMissing(PortalPhase Phase, string Step, string What) : PortalResult;

    public sealed record Unreachable(Failure Failure) : PortalResult;

    public sealed record LoginRefused : PortalResult;

    /// <summary>What the portal shows is not what was meant or confirmed; nothing was submitted.</summary>
    public sealed record Differences(IReadOnlyList<PortalDifference> Items) : PortalResult;

    /// <summary>Our reference is there already, under this number of the portal.</summary>
    public sealed record AlreadyFiled(string Reference) : PortalResult;
}

/// <param name="Name">Order, phase and action; no value typed.</param>
public sealed record PortalScreenshot(string Name, byte[] Png);

public sealed record PortalDifference(string Field, string Expected, string Found);
