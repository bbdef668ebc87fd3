using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>What asks for the administrator's second factor again: roles, and the second factor of somebody else.</summary>
[Authorize(Policies.Administration), StepUp]
public sealed class ModifierModel(Accounts accounts, AccountMails mails, SecondFactorService secondFactors, MonOpcoDbContext db, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public List<string> Choix { get; set; } = [];

    [BindProperty, Display(Name = "Comment vous êtes-vous assuré de son identité ?"), StringLength(500)]
    public string? Motif { get; set; }

    public User Account { get; private set; } = null!;

    public bool HasSecondFactor { get; private set; }

    public bool IsMe => Id == User.Id();

    public IReadOnlyList<string> Grantable => [.. User.Authority().Grantable];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        Choix = await accounts.RolesOfAsync(Id, cancellationToken);
        return Page();
    }

    public Task<IActionResult> OnPostRolesAsync(CancellationToken cancellationToken) => ActAsync(
        nameof(Choix),
        async () =>
        {
            await accounts.ChangeRolesAsync(Id, Choix, User.Authority(), User.Change(clock.GetUtcNow()), cancellationToken);
            this.Flash("success", "Les rôles sont enregistrés ; ils valent dès la prochaine page ouverte par cette personne.");
        },
        cancellationToken);

    public Task<IActionResult> OnPostSecondFacteurAsync(CancellationToken cancellationToken) => ActAsync(
        nameof(Motif),
        async () =>
        {
            await accounts.ResetSecondFactorAsync(Id, User.Authority(), User.Change(clock.GetUtcNow(), Motif?.Trim()), cancellationToken);
            await mails.SendNoticeAsync(Account, "Votre second facteur a été réinitialisé", "Un administrateur a retiré l’application d’authentification et les clés d’accès de votre compte MonOPCO, et fermé vos sessions. Vous en associerez de nouvelles à la prochaine connexion.", cancellationToken);
            this.Flash("success", "Le second facteur est réinitialisé ; la personne en est avertie et devra en associer un nouveau.");
        },
        cancellationToken);

    private async Task<IActionResult> ActAsync(string field, Func<Task> act, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        try
        {
            await act();
            return LocalRedirect($"~/admin/comptes/{Id}");
        }
        catch (RuleBrokenException broken)
        {
            if (field == nameof(Motif))
            {
                Choix = await accounts.RolesOfAsync(Id, cancellationToken);
            }

            ModelState.AddModelError(field, broken.Message);
            return this.Invalid();
        }
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(x => x.Id == Id && !x.IsService, cancellationToken) is not { } user)
        {
            return false;
        }

        Account = user;
        HasSecondFactor = await secondFactors.HasAnyAsync(Id, cancellationToken);
        return true;
    }
}
