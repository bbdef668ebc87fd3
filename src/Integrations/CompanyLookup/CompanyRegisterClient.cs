using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>
/// Client of API Recherche d'entreprises (keyless; gives IDCC, head-count band, NDA and Qualiopi at once). One instance per process:
/// it keeps the cache and the pause that the register asked for.
/// </summary>
public sealed class CompanyRegisterClient(IHttpClientFactory http, IOptions<CompanyRegisterOptions> options, TimeProvider time)
{
    internal const string HttpName = "company-register";
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private readonly CompanyRegisterOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, (CompanyRecord Company, DateTimeOffset Until)> _cache = new();
    private long _pausedUntil;

    /// <summary>Looks an establishment up; spaces in the SIRET are allowed.</summary>
    public async Task<CompanyLookupResult> FindBySiretAsync(string siret, CancellationToken cancellationToken)
    {
        if (Siret.Normalize(siret) is not { } asked)
        {
            return new CompanyLookupResult.Refused(new Failure("invalid-siret", null, false, "Ce numéro n'est pas un SIRET : 14 chiffres et une clé de contrôle sont attendus."));
        }

        if (_cache.TryGetValue(asked, out var cached) && cached.Until > time.GetUtcNow())
        {
            return new CompanyLookupResult.Found(cached.Company);
        }

        var answer = await AskAsync(_options.BaseUrl, asked, _options.IsLive, cancellationToken);
        if (answer is { Failure.Kind: "http-404" } or { Failure: null, Value: null } && _options.LiveUrl is { } live && AnswersLive(asked))
        {
            answer = await AskAsync(live, asked, true, cancellationToken);
        }

        switch (answer)
        {
            case { Failure: { Retryable: false, Kind: "http-400" or "http-401" or "http-403" or "http-422" } refusal }:
                return new CompanyLookupResult.Refused(refusal);
            case { Failure.Kind: "http-404" } or { Failure: null, Value: null }:
                return new CompanyLookupResult.NotFound(asked);
            case { Failure: { } failure }:
                return new CompanyLookupResult.Unavailable(failure);
            default:
                Remember(answer.Value!);
                return new CompanyLookupResult.Found(answer.Value!);
        }
    }

    /// <summary>Whether what is said of this SIRET comes from the live register: fictitious ones begin with 999.</summary>
    public bool AnswersLive(string siret) => _options.IsLive || (_options.LiveUrl is not null && !siret.StartsWith("999", StringComparison.Ordinal));

    /// <summary>Searches by name, SIREN or address words; answers head offices.</summary>
    public async Task<CompanySearchResult> SearchAsync(string text, CancellationToken cancellationToken, int count = 10)
    {
        var words = (text ?? "").Trim();
        if (words.Length is < 3 or > 200)
        {
            return new CompanySearchResult.Refused(new Failure("invalid-query", null, false, "Tapez entre 3 et 200 caractères pour chercher une entreprise."));
        }

        var url = Url(_options.BaseUrl, words, Math.Clamp(count, 1, 25));
        var answer = await AskAsync(url, root => Page(root, url), cancellationToken);
        return answer switch
        {
            { Failure: null, Value: { } found } => found,
            { Failure.Kind: "http-404" } => new CompanySearchResult.Found([], 0),
            { Failure: { Retryable: false, Kind: "http-400" or "http-401" or "http-403" or "http-422" } refusal } => new CompanySearchResult.Refused(refusal),
            { Failure: { } failure } => new CompanySearchResult.Unavailable(failure),
            _ => throw new InvalidOperationException("The register gave neither an answer nor a failure."),
        };
    }

    private Task<(CompanyRecord? Value, Failure? Failure)> AskAsync(Uri register, string siret, bool isLive, CancellationToken cancellationToken)
    {
        var url = Url(register, siret, 1);
        return AskAsync(url, root => Pick(root, siret, url, isLive), cancellationToken);
    }

    private static Uri Url(Uri register, string query, int count) =>
        new(register.AbsoluteUri.EndsWith('/') ? register : new Uri(register.AbsoluteUri + "/"), $"search?q={Uri.EscapeDataString(query)}&page=1&per_page={count}");

    private CompanyRecord? Pick(JsonElement root, string siret, Uri url, bool isLive)
    {
        foreach (var unit in RegisterReader.Results(root).EnumerateArray())
        {
            if (RegisterReader.Siren(unit) != siret[..9])
            {
                continue;
            }

            return RegisterReader.Establishment(unit, siret) is { } establishment
                ? RegisterReader.Company(unit, establishment, url, isLive, time.GetUtcNow())
                : throw new JsonException("L'entreprise est connue mais l'établissement demandé n'est pas décrit.");
        }

        return null;
    }

    private CompanySearchResult.Found Page(JsonElement root, Uri url)
    {
        var now = time.GetUtcNow();
        var companies = RegisterReader.Results(root).EnumerateArray()
            .Where(unit => unit.TryGetProperty("siege", out var office) && office.ValueKind == JsonValueKind.Object)
            .Select(unit => RegisterReader.Company(unit, unit.GetProperty("siege"), url, _options.IsLive, now))
            .ToList();
        return new CompanySearchResult.Found(companies, RegisterReader.Total(root));
    }

    private async Task<(T? Value, Failure? Failure)> AskAsync<T>(Uri url, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var pause = new DateTimeOffset(Interlocked.Read(ref _pausedUntil), TimeSpan.Zero) - time.GetUtcNow();
        if (pause > TimeSpan.Zero)
        {
            return (null, new Failure("http-429", 429, true, "Le registre des entreprises a demandé une pause.", pause));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var client = http.CreateClient(HttpName);
            using var response = await client.GetAsync(url, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                return (null, Refusal(response));
            }

            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: limit.Token);
            return (read(document.RootElement), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new Failure("timeout", null, true, "Le registre des entreprises n'a pas répondu à temps."));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return (null, new Failure("network", null, true, "Le registre des entreprises est injoignable."));
        }
        catch (JsonException problem)
        {
            // A shape can be wrong for a moment (error page of a proxy) or for good: retrying later is harmless and heals the first case.
            return (null, new Failure("unexpected-shape", null, true, "Le registre des entreprises a donné une réponse illisible. " + Explain(problem)));
        }
    }

    private static string Explain(JsonException problem) => problem.Path is null && problem.LineNumber is null ? problem.Message : "";

    private Failure Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var after = response.Headers.RetryAfter is { } header
            ? header.Delta ?? (header.Date is { } date ? date - time.GetUtcNow() : null)
            : null;
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            var wait = after is { } asked && asked > TimeSpan.Zero ? asked : DefaultPause;
            wait = wait > LongestPause ? LongestPause : wait;
            if (status == 429)
            {
                Interlocked.Exchange(ref _pausedUntil, (time.GetUtcNow() + wait).UtcTicks);
            }

            return new Failure($"http-{status}", status, true, status == 429 ? "Le registre des entreprises reçoit trop de demandes." : "Le registre des entreprises est indisponible.", wait);
        }

        var retryable = status is >= 500 or 408;
        return new Failure($"http-{status}", status, retryable, $"Le registre des entreprises a répondu par le code {status}.", after);
    }

    private void Remember(CompanyRecord company)
    {
        if (_options.CacheSize == 0 || _options.CacheDuration <= TimeSpan.Zero)
        {
            return;
        }

        if (_cache.Count >= _options.CacheSize)
        {
            // Rare and cheap enough: forget the half that expires first.
            foreach (var stale in _cache.OrderBy(entry => entry.Value.Until).Take(Math.Max(1, _options.CacheSize / 2)).ToList())
            {
                _cache.TryRemove(stale.Key, out _);
            }
        }

        _cache[company.Siret] = (company, time.GetUtcNow() + _options.CacheDuration);
    }
}
