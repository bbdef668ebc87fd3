using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.ClesApi;

/// <summary>A service account with its keys.</summary>
public sealed record ServiceLine(Guid Id, string Name, bool IsOpen, IReadOnlyList<ApiKey> Keys);

/// <summary>Programs and their keys: each key is shown once, expires, and opens only what its scopes name.</summary>
[Authorize(Policies.Administration), StepUp]
public sealed class IndexModel(ApiKeyService keys, Accounts accounts, MonOpcoDbContext db, IOptions<SignInSettings> settings, TimeProvider clock) : PageModel
{
    public static IReadOnlyList<(int Days, string Label)> Lives { get; } = [(30, "30 jours"), (90, "90 jours"), (180, "6 mois"), (365, "1 an")];

    [BindProperty, Display(Name = "Nom du programme"), StringLength(80)]
    public string? Programme { get; set; }

    [BindProperty]
    public Guid Compte { get; set; }

    [BindProperty, Display(Name = "Nom de la clé"), StringLength(80)]
    public string? Nom { get; set; }

    [BindProperty]
    public List<string> Droits { get; set; } = [];

    [BindProperty]
    public int Jours { get; set; } = 90;

    public IReadOnlyList<ServiceLine> Services { get; private set; } = [];

    /// <summary>What a program may be given: a key opens only what its scopes name, and only what the role of service accounts has.</summary>
    public static IReadOnlyList<(string Scope, string Label)> Offered { get; } =
    [
        (Policies.ProceduresView, "Lire les procédures et leurs exécutions"),
        (Policies.ProceduresOperate, "Piloter les exécutions : démarrer, réessayer, annuler"),
        (Policies.ProceduresEdit, "Modifier les brouillons de procédures"),
        (Policies.ProceduresPublish, "Publier des procédures"),
        (Policies.RuleReaders, "Lire les règles datées"),
        (Policies.RuleEditors, "Modifier les règles datées"),
        (Policies.Operators, "Agir sur les dossiers"),
        (Policies.Accounting, "Règlements et factures"),
    ];

    /// <summary>Shown once, in the answer that makes it.</summary>
    public string? NewKey { get; private set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    public TimeSpan Overlap => settings.Value.KeyOverlap;

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public Task<IActionResult> OnPostCompteAsync(CancellationToken cancellationToken) => ActAsync(
        nameof(Programme),
        async () =>
        {
            if (string.IsNullOrWhiteSpace(Programme))
            {
                throw new RuleBrokenException("service.name", "Donnez un nom au programme.");
            }

            await keys.CreateServiceAccountAsync(Programme, User.Change(Now), cancellationToken);
            this.Flash("success", "Le compte de service est ouvert. Donnez-lui maintenant une clé.");
        },
        cancellationToken);

    public Task<IActionResult> OnPostCleAsync(CancellationToken cancellationToken) => ActAsync(
        nameof(Droits),
        async () =>
        {
            if (string.IsNullOrWhiteSpace(Nom))
            {
                throw new RuleBrokenException("key.name", "Donnez un nom à la clé : où elle servira.");
            }

            if (Droits.Except(Offered.Select(x => x.Scope)).Any())
            {
                throw new RuleBrokenException("key.scopes", "Ce droit ne se donne pas à un programme.");
            }

            (_, NewKey) = await keys.IssueAsync(Compte, Nom, Droits, TimeSpan.FromDays(Jours), settings.Value.LongestKey, User.Change(Now), cancellationToken);
        },
        cancellationToken);

    public Task<IActionResult> OnPostRemplacerAsync(Guid id, CancellationToken cancellationToken) => ActAsync(
        "", async () => (_, NewKey) = await keys.RotateAsync(id, settings.Value.KeyOverlap, User.Change(Now), cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostRevoquerAsync(Guid id, CancellationToken cancellationToken) => ActAsync(
        "",
        async () =>
        {
            if (!await db.ApiKeys.AnyAsync(x => x.Id == id, cancellationToken))
            {
                throw new RuleBrokenException("key.unknown", "Cette clé n’existe pas.");
            }

            await keys.RevokeAsync(id, User.Change(Now), cancellationToken);
            this.Flash("success", "La clé est révoquée : elle est refusée dès maintenant.");
        },
        cancellationToken);

    public Task<IActionResult> OnPostFermerAsync(Guid id, CancellationToken cancellationToken) => ActAsync(
        "",
        async () =>
        {
            await accounts.DeactivateAsync(id, User.Authority(), User.Change(Now), cancellationToken);
            this.Flash("success", "Le compte de service est désactivé ; toutes ses clés sont refusées.");
        },
        cancellationToken);

    public Task<IActionResult> OnPostRouvrirAsync(Guid id, CancellationToken cancellationToken) => ActAsync(
        "",
        async () =>
        {
            await accounts.ReactivateAsync(id, User.Authority(), User.Change(Now), cancellationToken);
            this.Flash("success", "Le compte de service est réactivé ; ses clés en cours servent de nouveau.");
        },
        cancellationToken);

    public StatusLook Look(ApiKey key) => key switch
    {
        { RevokedAt: not null } => new("Révoquée", "neutral", "ban"),
        _ when key.ExpiresAt <= Now => new("Expirée", "neutral", "clock"),
        { ReplacedBy: not null } => new("Remplacée", "warning", "refresh"),
        _ when key.ExpiresAt < Now.AddDays(14) => new("Expire bientôt", "warning", "hourglass"),
        _ => new("En service", "success", "circle-check"),
    };

    public bool IsAlive(ApiKey key) => key.RevokedAt is null && key.ExpiresAt > Now;

    public static string LabelOf(string scope) => Offered.FirstOrDefault(x => x.Scope == scope).Label ?? scope;

    private async Task<IActionResult> ActAsync(string field, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            if (ModelState.IsValid)
            {
                await act();
            }
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(broken.Code switch { "key.name" => nameof(Nom), "key.lifetime" => nameof(Jours), _ => field }, broken.Message);
        }

        if (ModelState.IsValid && NewKey is null)
        {
            return LocalRedirect("/admin/cles-api");
        }

        await LoadAsync(cancellationToken);
        return NewKey is null ? this.Invalid() : Page();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var people = await db.Users.AsNoTracking().Where(x => x.IsService).OrderBy(x => x.DisplayName).ToListAsync(cancellationToken);
        var ids = people.Select(x => x.Id).ToList();
        var all = (await db.ApiKeys.AsNoTracking().Where(x => ids.Contains(x.UserId)).OrderByDescending(x => x.CreatedAt).ToListAsync(cancellationToken)).ToLookup(x => x.UserId);
        Services = [.. people.Select(x => new ServiceLine(x.Id, x.DisplayName, x.DeactivatedAt is null, [.. all[x.Id]]))];
    }
}
