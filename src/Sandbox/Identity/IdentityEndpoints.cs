using System.Text;
using System.Text.Json.Nodes;
using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Identity;

/// <summary>The pages and addresses of the fictitious identity provider, under <c>/identite</c>.</summary>
internal static class IdentityEndpoints
{
    private static readonly Layout Frame = Layout.Sandbox with { Brand = "Annuaire fictif", Tagline = "Le compte d’entreprise, en fiction", Home = "/identite" };

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/identite", () => Frame.Page("Annuaire fictif", Html.Of($"""
            <h1>Annuaire d’une entreprise fictive</h1>
            <p class="chapeau">MonOPCO y envoie les personnes qui se connectent avec le compte de leur entreprise (OpenID Connect).</p>
            <dl class="fiche"><dt>Découverte</dt><dd><code>/identite/.well-known/openid-configuration</code></dd><dt>Client</dt><dd><code>{IdentityProvider.ClientId}</code></dd></dl>
            """)));
        app.MapGet("/identite/.well-known/openid-configuration", (HttpContext http, IdentityProvider provider) => provider.Mode == "down"
            ? Results.StatusCode(503)
            : Results.Json(new JsonObject
            {
                ["issuer"] = Issuer(http),
                ["authorization_endpoint"] = Issuer(http) + "/autoriser",
                ["token_endpoint"] = Issuer(http) + "/jeton",
                ["jwks_uri"] = Issuer(http) + "/cles",
                ["response_types_supported"] = new JsonArray("code"),
                ["subject_types_supported"] = new JsonArray("public"),
                ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
                ["code_challenge_methods_supported"] = new JsonArray("S256"),
            }));
        app.MapGet("/identite/cles", (IdentityProvider provider) => Results.Json(provider.Keys()));
        app.MapGet("/identite/autoriser", Authorize);
        app.MapPost("/identite/autoriser", AuthorizeAsync);
        app.MapPost("/identite/jeton", TokenAsync);
        app.MapPost("/control/identite", async (HttpContext http, IdentityProvider provider) =>
        {
            var mode = (await http.Request.ReadFromJsonAsync<JsonObject>())?["mode"]?.ToString();
            if (mode is null || !IdentityProvider.Modes.Contains(mode))
            {
                return Results.BadRequest(new { Modes = IdentityProvider.Modes });
            }

            provider.Mode = mode;
            return Results.Json(new { provider.Mode });
        });
    }

    private static IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        return query["client_id"] != IdentityProvider.ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || !Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out _)
            ? Frame.Page("Demande refusée", Html.Of($"<h1>Demande refusée</h1><p>Client inconnu, ou demande sans PKCE.</p>"), 400)
            : Frame.Page("Se connecter", Html.Of($"""
                <h1>Se connecter à votre entreprise</h1>
                <p>N’importe quelle adresse convient : rien n’est vérifié ici.</p>
                <form method="post" action="/identite/autoriser{http.Request.QueryString.Value}">
                <div class="champ"><label for="email">Adresse électronique</label><input id="email" name="email" type="email" required></div>
                <div class="champ"><label for="nom">Nom</label><input id="nom" name="nom" value="Personne Fictive"></div>
                <div class="champ"><label for="groupes">Groupes <span class="facultatif">(séparés par des virgules)</span></label><input id="groupes" name="groupes"></div>
                <p><button>Se connecter</button></p></form>
                """));
    }

    private static async Task<IResult> AuthorizeAsync(HttpContext http, IdentityProvider provider)
    {
        var (query, form) = (http.Request.Query, await http.Request.ReadFormAsync());
        var back = query["redirect_uri"].ToString();
        if (query["client_id"] != IdentityProvider.ClientId || !Uri.TryCreate(back, UriKind.Absolute, out _))
        {
            return Results.BadRequest();
        }

        var groups = form["groupes"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var code = provider.Issue(new Grant(IdentityProvider.ClientId, back, query["code_challenge"].ToString(), query["nonce"], form["email"].ToString(), form["nom"].ToString(), groups, true));
        return Results.Redirect($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private static async Task<IResult> TokenAsync(HttpContext http, IdentityProvider provider, TimeProvider clock)
    {
        var form = await http.Request.ReadFormAsync();
        var (client, secret) = (form["client_id"].ToString(), form["client_secret"].ToString());
        if (http.Request.Headers.Authorization.ToString() is ['B', 'a', 's', 'i', 'c', ' ', .. var basic] && Encoding.UTF8.GetString(Convert.FromBase64String(basic)).Split(':') is [var name, var password])
        {
            (client, secret) = (Uri.UnescapeDataString(name), Uri.UnescapeDataString(password));
        }

        var token = provider.Exchange(form["code"], client, secret, form["redirect_uri"], form["code_verifier"], Issuer(http), clock.GetUtcNow());
        return token is null
            ? Results.Json(new { error = "invalid_grant" }, statusCode: 400)
            : Results.Json(new JsonObject { ["access_token"] = "sans-usage", ["token_type"] = "Bearer", ["expires_in"] = 300, ["id_token"] = token });
    }

    private static string Issuer(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}/identite";
}
