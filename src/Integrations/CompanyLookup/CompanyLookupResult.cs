namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>Closed answer to « who is behind this SIRET? ».</summary>
public abstract record CompanyLookupResult
{
    private CompanyLookupResult()
    {
    }

    public sealed record Found(CompanyRecord Company) : CompanyLookupResult;

    /// <summary>The register answered and does not know this SIRET. Nothing else means that.</summary>
    public sealed record NotFound(string Siret) : CompanyLookupResult;

    /// <summary>The register could not answer: go on with a degraded record and ask again when <see cref="Failure.Retryable"/>.</summary>
    public sealed record Unavailable(Failure Failure) : CompanyLookupResult;

    /// <summary>The question itself is wrong (SIRET malformed, request rejected by the register): asking again is useless.</summary>
    public sealed record Refused(Failure Failure) : CompanyLookupResult;
}

/// <summary>Closed answer to a search by name.</summary>
public abstract record CompanySearchResult
{
    private CompanySearchResult()
    {
    }

    /// <param name="Companies">Head offices, best match first; empty when the register knows no such name.</param>
    /// <param name="Total">Number of matches in the register, of which only the first page is returned.</param>
    public sealed record Found(IReadOnlyList<CompanyRecord> Companies, int Total) : CompanySearchResult;

    public sealed record Unavailable(Failure Failure) : CompanySearchResult;

    public sealed record Refused(Failure Failure) : CompanySearchResult;
}
