using System.Globalization;

namespace MonOPCO.Sandbox.Register;

/// <summary>`GET /recherche-entreprises/search`: API Recherche d'entreprises, without key.</summary>
internal static class RegisterEndpoints
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/recherche-entreprises/search", async (HttpContext http, CompanyRegister register, RegisterFaults faults) =>
    {
        if (await Play(faults.Mode, http, faults) is { } general)
        {
            return general;
        }

        var query = http.Request.Query["q"].ToString().Trim();
        if (query.Length < 3)
        {
            return Error(400, query.Length == 0 ? "Veuillez indiquer au moins un paramètre de recherche." : "3 caractères minimum pour les termes de la requête.");
        }

        if (Number(http, "page", 1) is not (>= 1 and <= 1000 and var page))
        {
            return Error(400, "Veuillez indiquer un paramètre `page` entre `1` et `1000`, par défaut `1`.");
        }

        if (Number(http, "per_page", 10) is not (>= 1 and <= 25 and var perPage))
        {
            return Error(400, "Veuillez indiquer un paramètre `per_page` entre `1` et `25`, par défaut `10`.");
        }

        var found = register.Search(query);
        // A word search over everything must not trip over the special companies: only a look-up of that very company does.
        if (found is [var only] && faults.For(only.Company) is { } mode && await Play(mode, http, faults) is { } particular)
        {
            return particular;
        }

        return Results.Text(CompanyJson.Page(found, page, perPage).ToJsonString(Vault.Json), "application/json");
    });

    private static async Task<IResult?> Play(string mode, HttpContext http, RegisterFaults faults)
    {
        switch (mode)
        {
            case "429":
                http.Response.Headers.RetryAfter = faults.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                return Error(429, "Trop de requêtes : réessayez plus tard.");
            case "down":
                return Error(503, "Service momentanément indisponible.");
            case "slow":
                await Task.Delay(faults.DelayMs, http.RequestAborted);
                return null;
            default:
                return null;
        }
    }

    private static int? Number(HttpContext http, string name, int fallback) =>
        http.Request.Query[name].ToString() is not { Length: > 0 } text ? fallback : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IResult Error(int status, string message) => Results.Text($$"""{"erreur":"{{message}}"}""", "application/json", statusCode: status);
}
