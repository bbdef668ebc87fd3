using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Workflows;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Publications that await a second person. Whoever asked for one cannot approve it.</summary>
[Authorize(Policies.ProceduresPublish)]
public sealed class ApprobationsModel(ProcedureReads procedures, ProcedureActs acts, Publications publications, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public IReadOnlyList<(WorkflowPublicationRow Row, string Name)> Rows { get; private set; } = [];

    public bool NeedsApprovalEverywhere { get; private set; }

    public bool MayAdminister { get; private set; }

    [BindProperty]
    public string? Motif { get; set; }

    /// <summary>The publication that test cases stopped just now.</summary>
    public Guid? FailingOf { get; private set; }

    /// <summary>Why it is published although test cases fail.</summary>
    [BindProperty]
    public string? Malgre { get; set; }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public bool IsOwn(WorkflowPublicationRow row) => row.RequestedById == User.Id();

    public Task<IActionResult> OnPostApprouverAsync(Guid publication, CancellationToken cancellationToken) => ActAsync(async () =>
    {
        var outcome = await publications.ApproveAsync(publication, Malgre, User.Change(clock.GetUtcNow()), cancellationToken);
        if (outcome.Failing.Count > 0)
        {
            FailingOf = publication;
        }

        return outcome switch
        {
            { IsRefused: true } => throw new RuleBrokenException("invalid", $"La version ne peut plus être publiée : {string.Join(" ", outcome.Problems.Where(problem => problem.IsError).Select(problem => problem.Sentence))}"),
            { Pending.EffectiveAt: { } at } => $"Publication approuvée : elle aura lieu le {Fr.DateTime(at)}.",
            _ => $"Publication approuvée : la version {outcome.Version!.Version} est en vigueur.",
        };
    }, cancellationToken);

    public Task<IActionResult> OnPostRefuserAsync(Guid publication, CancellationToken cancellationToken) => ActAsync(async () =>
    {
        if (string.IsNullOrWhiteSpace(Motif))
        {
            throw new RuleBrokenException("reason", "Dites pourquoi vous refusez : la personne qui a demandé le lira.");
        }

        await publications.RefuseAsync(publication, User.Change(clock.GetUtcNow(), Motif.Trim()), cancellationToken);
        return "La publication est refusée.";
    }, cancellationToken);

    public async Task<IActionResult> OnPostRegleAsync(bool partout, CancellationToken cancellationToken)
    {
        if (!(await authorization.AuthorizeAsync(User, Policies.Administration)).Succeeded)
        {
            return Forbid();
        }

        await acts.SetApprovalAsync(WorkflowProcedureRow.Everywhere, partout, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", partout ? "Toute publication demande désormais l’accord d’une seconde personne." : "Les publications ne demandent plus d’accord, sauf règle propre à une procédure.");
        return Redirect("/procedures/approbations");
    }

    private async Task<IActionResult> ActAsync(Func<Task<string>> act, CancellationToken cancellationToken)
    {
        try
        {
            this.Flash("success", await act());
            return Redirect("/procedures/approbations");
        }
        catch (RuleBrokenException refused)
        {
            ModelState.AddModelError("", refused.Message);
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Rows = await procedures.AwaitingAsync(cancellationToken);
        NeedsApprovalEverywhere = await procedures.NeedsApprovalEverywhereAsync(cancellationToken);
        MayAdminister = (await authorization.AuthorizeAsync(User, Policies.Administration)).Succeeded;
    }
}
