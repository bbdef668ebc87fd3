using MonOPCO.Sandbox.Mail;
using MonOPCO.Sandbox.Portals;
using MonOPCO.Sandbox.Register;

namespace MonOPCO.Sandbox.Control;

/// <summary>What tests and demonstrations turn: faults at run time, counters, waiting for a held request.</summary>
internal static class ControlEndpoints
{
    private sealed record Fault(string? Mode, int? DelayMs, int? RetryAfter);

    private static readonly string[] RegisterModes = ["ok", "down", "429", "slow"];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/control/counters", (RouteCounters counters) => Results.Json(counters.Snapshot(), Vault.Json));
        app.MapDelete("/control/counters", (RouteCounters counters) =>
        {
            counters.Clear();
            return Results.NoContent();
        });
        app.MapPost("/control/effects/{key}", async (string key, EffectLog effects, CancellationToken gone) =>
        {
            effects.Receive(key);
            await effects.Gate.WaitAsync(gone);
            return Results.NoContent();
        });
        app.MapGet("/control/effects", (EffectLog effects) => Results.Json(new { effects.Deliveries, effects.Keys }, Vault.Json));
        app.MapPost("/control/register", async (HttpContext http, RegisterFaults faults) =>
        {
            if (await ReadAsync(http, RegisterModes) is not { } fault)
            {
                return Bad(RegisterModes);
            }

            if (fault.Mode == "ok")
            {
                faults.Reset();
            }

            faults.Mode = fault.Mode!;
            faults.DelayMs = fault.DelayMs ?? faults.DelayMs;
            faults.RetryAfterSeconds = fault.RetryAfter ?? faults.RetryAfterSeconds;
            return Results.Json(new { faults.Mode, faults.DelayMs, RetryAfter = faults.RetryAfterSeconds }, Vault.Json);
        });

        app.MapPost("/control/mail", async (HttpContext http, MailFaults faults) =>
        {
            if (await ReadAsync(http, MailFaults.Modes) is not { } fault)
            {
                return Bad(MailFaults.Modes);
            }

            faults.Mode = fault.Mode!;
            return Results.Json(new { faults.Mode, faults.Holding }, Vault.Json);
        });
        app.MapGet("/control/mail", (MailFaults faults) => Results.Json(new { faults.Mode, faults.Holding }, Vault.Json));
        app.MapGet("/control/mail/held", async (int? timeoutMs, MailFaults faults, CancellationToken gone) => await WithinAsync(faults.Held, timeoutMs, gone) ? Results.Json(new { faults.Holding }, Vault.Json) : Timeout());

        app.MapGet("/control/portails/{slug}", (string slug, PortalStore store) => PortalSites.Find(slug) is { } site ? Results.Json(Facts(site, store), Vault.Json) : Results.NotFound());
        app.MapDelete("/control/portails/{slug}", (string slug, PortalStore store) =>
        {
            if (PortalSites.Find(slug) is null)
            {
                return Results.NotFound();
            }

            store.Clear(slug);
            return Results.NoContent();
        });
        app.MapPost("/control/portails/{slug}", async (string slug, HttpContext http, PortalStore store) =>
        {
            if (PortalSites.Find(slug) is not { } site)
            {
                return Results.NotFound();
            }

            if (await ReadAsync(http, PortalFaults.Modes) is not { } fault)
            {
                return Bad(PortalFaults.Modes);
            }

            var faults = store.Faults(slug);
            // Answers already held are let go by whatever other mode follows: nobody waits for ever.
            faults.Release();
            faults.Mode = fault.Mode!;
            faults.DelayMs = fault.DelayMs ?? faults.DelayMs;
            return Results.Json(Facts(site, store), Vault.Json);
        });
        app.MapPost("/control/portails/{slug}/release", (string slug, PortalStore store) =>
        {
            store.Faults(slug).Release();
            return Results.NoContent();
        });
        app.MapGet("/control/portails/{slug}/held", async (string slug, int? timeoutMs, PortalStore store, CancellationToken gone) =>
        {
            var held = store.Faults(slug).Held;
            return await WithinAsync(held, timeoutMs, gone) ? Results.Json(new { PortalRef = await held }, Vault.Json) : Timeout();
        });
    }

    private static object Facts(PortalSite site, PortalStore store)
    {
        var faults = store.Faults(site.Slug);
        var dossiers = store.Dossiers(site.Slug);
        return new
        {
            site.Slug,
            faults.Mode,
            faults.DelayMs,
            faults.Holding,
            Soumissions = store.Submissions(site.Slug),
            ReferencesDistinctes = dossiers.Select(d => d.Reference).Distinct(StringComparer.OrdinalIgnoreCase).Count(),
            Dossiers = dossiers
        };
    }

    private static async Task<Fault?> ReadAsync(HttpContext http, string[] modes)
    {
        try
        {
            var fault = await System.Text.Json.JsonSerializer.DeserializeAsync<Fault>(http.Request.Body, Vault.Json);
            return fault?.Mode is { } mode && modes.Contains(mode) && fault.DelayMs is null or >= 0 ? fault : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static async Task<bool> WithinAsync(Task task, int? timeoutMs, CancellationToken gone)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromMilliseconds(timeoutMs ?? 30_000), gone);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static IResult Bad(string[] modes) => Results.Json(new { Erreur = "Mode attendu : " + string.Join(", ", modes) }, Vault.Json, statusCode: 400);

    private static IResult Timeout() => Results.Json(new { Erreur = "Rien n'a été retenu dans le temps donné." }, Vault.Json, statusCode: 408);
}
