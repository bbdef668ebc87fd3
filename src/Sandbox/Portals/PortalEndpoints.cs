using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>The routes of every portal, each below /portails/{slug} with the portal's own segments.</summary>
internal static class PortalEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var site in PortalSites.All)
        {
            var portal = app.MapGroup(site.Path("")).AddEndpointFilter((context, next) => PlayFaultAsync(site, context, next));
            MapAccount(portal, site);
            var members = portal.MapGroup("").AddEndpointFilter(async (context, next) =>
                Sessions(context.HttpContext).IsSignedIn(site, context.HttpContext) ? await next(context) : Results.Redirect(site.Path(site.LoginPath)));
            MapForm(members, site);
            MapDossiers(members, site);
        }
    }

    private static void MapAccount(RouteGroupBuilder portal, PortalSite site)
    {
        portal.MapGet("", (HttpContext http, PortalSessions sessions) => Results.Redirect(site.Path(sessions.IsSignedIn(site, http) ? site.HomePath : site.LoginPath)));
        portal.MapGet(site.LoginPath, () => PortalPages.Login(site, null));
        portal.MapPost(site.LoginPath, async (HttpContext http, PortalSessions sessions, PortalStore store) =>
        {
            var form = await http.ReadSubmittedFormAsync();
            var known = form[site.User.Name].ToString().Trim().Equals(PortalSites.DemoUser, StringComparison.OrdinalIgnoreCase) && form[site.Password.Name] == PortalSites.DemoPassword;
            if (!known || store.Faults(site.Slug).Mode == "reject-login")
            {
                return PortalPages.Login(site, $"«\u00a0{site.User.Label}\u00a0» ou «\u00a0{site.Password.Label}\u00a0» incorrect.");
            }

            sessions.SignIn(site, http);
            return Results.Redirect(site.Path(site.HomePath));
        });
        portal.MapPost(site.LogoutPath, (HttpContext http, PortalSessions sessions) =>
        {
            sessions.SignOut(site, http);
            return Results.Redirect(site.Path(site.LoginPath));
        });
    }

    private static void MapForm(RouteGroupBuilder portal, PortalSite site)
    {
        portal.MapGet(site.HomePath, (PortalStore store) => PortalPages.Home(site, store.Dossiers(site.Slug)));
        portal.MapPost(site.NewPath, (PortalSessions sessions) =>
            Results.Redirect(site.Path($"{site.NewPath}/{sessions.NewDraft(site).Id}/{site.Steps[0].Slug}")));
        portal.MapGet(site.NewPath + "/{id}/{page}", (string id, string page, PortalSessions sessions, PortalStore store) =>
        {
            if (sessions.FindDraft(site, id) is not { } draft)
            {
                return PortalPages.NotFound(site);
            }

            var steps = StepsOf(site, store);
            var missing = steps.TakeWhile(s => s.Slug != page).FirstOrDefault(s => !draft.Done.Contains(s.Slug));
            if (missing is not null && missing.Slug != page)
            {
                // Nobody jumps over a page.
                return Results.Redirect(site.Path($"{site.NewPath}/{id}/{missing.Slug}"));
            }

            return page == "recapitulatif" && site.HasRecap ? PortalPages.Recap(site, steps, draft, null)
                : steps.FirstOrDefault(s => s.Slug == page) is { } step ? PortalPages.Step(site, steps, step, draft, [])
                : PortalPages.NotFound(site);
        });
        portal.MapPost(site.NewPath + "/{id}/{page}", PostPageAsync);

        async Task<IResult> PostPageAsync(string id, string page, HttpContext http, PortalSessions sessions, PortalStore store, Vault vault)
        {
            if (sessions.FindDraft(site, id) is not { } draft)
            {
                return PortalPages.NotFound(site);
            }

            var steps = StepsOf(site, store);
            var form = await http.ReadSubmittedFormAsync();
            if (page == "recapitulatif" && site.HasRecap)
            {
                if (form["certification"] != "oui")
                {
                    return PortalPages.Recap(site, steps, draft, "Vous devez certifier l'exactitude des informations.");
                }

                return steps.FirstOrDefault(s => !draft.Done.Contains(s.Slug)) is { } missing
                    ? Results.Redirect(site.Path($"{site.NewPath}/{id}/{missing.Slug}"))
                    : await SubmitAsync(site, steps, draft, store, http);
            }

            var index = steps.ToList().FindIndex(s => s.Slug == page);
            if (index < 0)
            {
                return PortalPages.NotFound(site);
            }

            // Two clicks at once must not write into one draft at once.
            await draft.Gate.WaitAsync(http.RequestAborted);
            Dictionary<string, string> errors;
            try
            {
                errors = await FormReader.ReadAsync(steps[index], draft, form, vault);
            }
            finally
            {
                draft.Gate.Release();
            }

            if (steps[index].HasRows && form["action"].ToString() is "ajouter" or "retirer")
            {
                draft.Rows = Math.Clamp(draft.Rows + (form["action"] == "ajouter" ? 1 : -1), 1, FormReader.MaxRows);
                return PortalPages.Step(site, steps, steps[index], draft, []);
            }

            if (errors.Count > 0)
            {
                draft.Done.Remove(page);
                return PortalPages.Step(site, steps, steps[index], draft, errors);
            }

            draft.Done.Add(page);
            return index + 1 < steps.Count ? Results.Redirect(site.Path($"{site.NewPath}/{id}/{steps[index + 1].Slug}"))
                : site.HasRecap ? Results.Redirect(site.Path($"{site.NewPath}/{id}/recapitulatif"))
                : await SubmitAsync(site, steps, draft, store, http);
        }
    }

    private static void MapDossiers(RouteGroupBuilder portal, PortalSite site)
    {
        portal.MapGet(site.ListPath, (HttpContext http, PortalStore store) => PortalPages.List(site, store.Dossiers(site.Slug), http.Request.Query[site.Search.Name].ToString().Trim()));
        portal.MapGet(site.ListPath + "/{number}", (string number, PortalStore store) => store.Find(site.Slug, number) is { } d ? PortalPages.Detail(site, d, null) : PortalPages.NotFound(site));
        portal.MapGet($"{site.ListPath}/{{number}}/{site.ReceiptPath}", (string number, PortalStore store) => store.Find(site.Slug, number) is { } d ? PortalPages.Receipt(site, d) : PortalPages.NotFound(site));
        portal.MapGet($"{site.ListPath}/{{number}}/{site.ReceiptPath}.pdf", (string number, PortalStore store) =>
            store.Find(site.Slug, number) is { } d ? Results.File(ReceiptPdf.Make(site, d), "application/pdf", $"{site.ReceiptPath}-{d.PortalRef}.pdf") : PortalPages.NotFound(site));
        portal.MapGet(site.ListPath + "/{number}/pieces/{index:int}", (string number, int index, PortalStore store, Vault vault) =>
            store.Find(site.Slug, number) is { } d && index >= 0 && index < d.Pieces.Count ? Results.File(vault.Fetch(d.Pieces[index].Content), "application/pdf", d.Pieces[index].Fichier) : PortalPages.NotFound(site));
        portal.MapPost(site.ListPath + "/{number}/complement", async (string number, HttpContext http, PortalStore store, Vault vault) =>
        {
            if (store.Find(site.Slug, number) is not { } dossier)
            {
                return PortalPages.NotFound(site);
            }

            if (dossier.Statut != PortalStatus.ComplementDemande)
            {
                return PortalPages.Detail(site, dossier, "Aucun complément n'est attendu pour cette demande.");
            }

            var form = await http.ReadSubmittedFormAsync();
            var answer = form["reponse"].ToString().Trim();
            var pieces = new List<PortalPiece>();
            foreach (var file in form.Files.Where(f => f.Length > 0))
            {
                var (piece, complaint) = await FormReader.TakeAsync(file, "complement", "Complément", vault);
                if (piece is null)
                {
                    return PortalPages.Detail(site, dossier, $"«\u00a0{file.FileName}\u00a0» : {complaint}");
                }

                pieces.Add(piece);
            }

            if (answer.Length == 0 && pieces.Count == 0)
            {
                return PortalPages.Detail(site, dossier, "Joignez au moins une pièce ou écrivez une réponse.");
            }

            store.Update(site.Slug, number, (d, now) => d with
            {
                Statut = PortalStatus.ComplementRecu,
                Pieces = [.. d.Pieces, .. pieces],
                Complement = d.Complement! with { RecuLe = now },
                Messages = [.. d.Messages, new PortalEvent(now, "Vous", $"Complément transmis{(pieces.Count > 0 ? $" : {string.Join(", ", pieces.Select(p => p.Fichier))}" : "")}.{(answer.Length > 0 ? " " + answer : "")}")]
            });
            return Results.Redirect(site.Path($"{site.ListPath}/{dossier.PortalRef}"));
        });
    }

    private static async Task<IResult> SubmitAsync(PortalSite site, IReadOnlyList<FormStep> steps, Draft draft, PortalStore store, HttpContext http)
    {
        store.CountSubmission(site.Slug);
        await draft.Gate.WaitAsync(http.RequestAborted);
        try
        {
            // The same draft sent twice (a double click) is one request; the same reference typed anew is another one.
            draft.SubmittedAs ??= store.Submit(site, (number, at) => DraftMapper.ToDossier(steps, draft, number, at)).PortalRef;
        }
        finally
        {
            draft.Gate.Release();
        }

        await store.Faults(site.Slug).HoldAsync(draft.SubmittedAs, http.RequestAborted);
        return Results.Redirect(site.Path($"{site.ListPath}/{draft.SubmittedAs}/{site.ReceiptPath}"));
    }

    private static IReadOnlyList<FormStep> StepsOf(PortalSite site, PortalStore store) => store.Faults(site.Slug).Mode == "changed" ? site.ChangedSteps : site.Steps;

    private static PortalSessions Sessions(HttpContext http) => http.RequestServices.GetRequiredService<PortalSessions>();

    private static async ValueTask<object?> PlayFaultAsync(PortalSite site, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var faults = context.HttpContext.RequestServices.GetRequiredService<PortalStore>().Faults(site.Slug);
        try
        {
            if (faults.Mode == "down")
            {
                return PortalPages.Down(site);
            }

            if (faults.Mode == "slow")
            {
                await Task.Delay(faults.DelayMs, context.HttpContext.RequestAborted);
            }

            return await next(context);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // The visitor left while being kept waiting.
            return Results.Empty;
        }
    }
}
