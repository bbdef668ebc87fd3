using System.Text.Json;
using MonOPCO.Sandbox.Pages;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Sandbox.Agent;

/// <summary>The OPCO's side: pages for a person, the same acts as JSON for scripts.</summary>
internal static class AgentEndpoints
{
    private static readonly string[] Acts = ["complement", "accord", "refus"];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/agent", () => Results.Redirect("/agent/atlas"));
        app.MapGet("/agent/{slug}", (string slug, PortalStore store) => PortalSites.Find(slug) is { } site ? AgentPages.List(site, store.Dossiers(slug)) : AgentPages.NotFound());
        app.MapGet("/agent/{slug}/{number}", (string slug, string number, PortalStore store) =>
            PortalSites.Find(slug) is { } site && store.Find(slug, number) is { } d ? AgentPages.Detail(site, d, null) : AgentPages.NotFound());
        app.MapGet("/agent/{slug}/{number}/pieces/{index:int}", (string slug, string number, int index, PortalStore store, Vault vault) =>
            store.Find(slug, number) is { } d && index >= 0 && index < d.Pieces.Count ? Results.File(vault.Fetch(d.Pieces[index].Content), "application/pdf", d.Pieces[index].Fichier) : AgentPages.NotFound());
        app.MapPost("/agent/{slug}/{number}/{act}", async (string slug, string number, string act, HttpContext http, PortalStore store) =>
        {
            if (PortalSites.Find(slug) is not { } site || store.Find(slug, number) is not { } dossier || !Acts.Contains(act))
            {
                return AgentPages.NotFound();
            }

            var form = await http.ReadSubmittedFormAsync();
            return AgentActs.Perform(store, slug, number, act, AgentRequest.From(form)) is { } complaint
                ? AgentPages.Detail(site, dossier, complaint)
                : Results.Redirect($"/agent/{slug}/{dossier.PortalRef}");
        });

        app.MapGet("/agent/api/{slug}", (string slug, PortalStore store) => PortalSites.Find(slug) is null ? Results.NotFound() : Results.Json(store.Dossiers(slug), Vault.Json));
        app.MapGet("/agent/api/{slug}/{number}", (string slug, string number, PortalStore store) => store.Find(slug, number) is { } d ? Results.Json(d, Vault.Json) : Results.NotFound());
        app.MapPost("/agent/api/{slug}/{number}/{act}", async (string slug, string number, string act, HttpContext http, PortalStore store) =>
        {
            if (PortalSites.Find(slug) is null || store.Find(slug, number) is null || !Acts.Contains(act))
            {
                return Results.NotFound();
            }

            try
            {
                var request = await JsonSerializer.DeserializeAsync<AgentRequest>(http.Request.Body, Vault.Json) ?? new AgentRequest();
                return AgentActs.Perform(store, slug, number, act, request) is { } complaint ? Results.Json(new { Erreur = complaint }, Vault.Json, statusCode: 400) : Results.Json(store.Find(slug, number), Vault.Json);
            }
            catch (JsonException e)
            {
                return Results.Json(new { Erreur = e.Message }, Vault.Json, statusCode: 400);
            }
        });
    }
}
