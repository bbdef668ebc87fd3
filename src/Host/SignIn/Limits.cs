namespace MonOPCO.Host.SignIn;

/// <summary>Rate limiters by name, for <c>[EnableRateLimiting(Limits.SignIn)]</c>; only POST counts.</summary>
internal static class Limits
{
    /// <summary>Forms that could be used to guess.</summary>
    public const string SignIn = "sign-in";
}
