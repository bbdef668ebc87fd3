using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Users.Permissions;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Permissions;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin;

/// <summary>The matrix role × permission. A change is looked at (who gains, who loses) before it is kept, and has a reason.</summary>
[Authorize(Policies.Administration)]
public sealed class DroitsModel(MonOpcoDbContext database, PermissionService permissions, PermissionCatalogue catalogue, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private const int HistorySize = 50;

    [BindProperty(SupportsGet = true)]
    public string? Recherche { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Role { get; set; }

    /// <summary>Ticked cells, « role:permission ».</summary>
    [BindProperty]
    public List<string> Droit { get; set; } = [];

    /// <summary>Changes that were looked at, « role:permission:1 » or « …:0 ».</summary>
    [BindProperty]
    public List<string> Changement { get; set; } = [];

    [BindProperty]
    public long Version { get; set; }

    [BindProperty, Display(Name = "Motif du changement"), StringLength(500)]
    public string? Motif { get; set; }

    public bool CanEdit { get; private set; }

    public IReadOnlyList<string> ShownRoles { get; private set; } = [];

    public IReadOnlyList<Permission> Shown { get; private set; } = [];

    public IReadOnlySet<(string Role, string Permission)> Granted { get; private set; } = new HashSet<(string, string)>();

    public IReadOnlyList<PermissionChange> Changes { get; private set; } = [];

    public IReadOnlyList<PermissionEffect> Effects { get; private set; } = [];

    public IReadOnlyList<TimelineItem> History { get; private set; } = [];

    public Permission Find(string name) => catalogue.Find(name)!;

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    [Requires(Policies.Exports)]
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return Csv.File(
            ["Groupe", "Droit", "Nom technique", "Description", .. ShownRoles.Select(Roles.Label)],
            Shown.Select(x => (string[])[x.Group, x.Label, x.Name, x.Description, .. ShownRoles.Select(role => Granted.Contains((role, x.Name)) ? "oui" : "non")]),
            "droits.csv");
    }

    /// <summary>Shows what the ticked boxes would change.</summary>
    [Requires(Policies.PermissionsManage)]
    public async Task<IActionResult> OnPostExaminerAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken, keepVersion: true);
        var ticked = Droit.ToHashSet(StringComparer.Ordinal);

        // What a filter hid was not on the form: it stays as it is.
        Changes = [.. Shown.SelectMany(_ => ShownRoles, (permission, role) => (permission, role)).Where(x => x.permission.IsEditable(x.role))
            .Select(x => new PermissionChange(x.role, x.permission.Name, ticked.Contains($"{x.role}:{x.permission.Name}")))
            .Where(x => Granted.Contains((x.Role, x.Permission)) != x.Granted)];
        return await PreviewAsync(cancellationToken);
    }

    /// <summary>Shows what going back to the default matrix would change.</summary>
    [Requires(Policies.PermissionsManage)]
    public async Task<IActionResult> OnPostOrigineAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken, keepVersion: true);
        Changes = await permissions.ToDefaultAsync(cancellationToken);
        return await PreviewAsync(cancellationToken);
    }

    [Requires(Policies.PermissionsManage)]
    public async Task<IActionResult> OnPostEnregistrerAsync(CancellationToken cancellationToken)
    {
        Changes = [.. Changement.Select(x => x.Split(':')).Where(x => x.Length == 3).Select(x => new PermissionChange(x[0], x[1], x[2] == "1"))];
        if (string.IsNullOrWhiteSpace(Motif))
        {
            ModelState.AddModelError(nameof(Motif), "Indiquez le motif du changement.");
        }

        if (ModelState.IsValid)
        {
            try
            {
                var count = await permissions.ChangeAsync(Changes, Version, User.Change(clock.GetUtcNow(), Motif!.Trim()), cancellationToken);
                this.Flash("success", $"{Fr.Plural(count, "droit modifié", "droits modifiés")}. Le changement agit dès maintenant.");
                return RedirectToPage(new { Recherche, Role });
            }
            catch (RuleBrokenException broken)
            {
                ModelState.AddModelError("", broken.Message);
            }
        }

        // The version that was looked at stays, unless it is out of date: then what is shown now is what the person agrees to.
        await LoadAsync(cancellationToken, keepVersion: false);
        Changes = [.. Changes.Where(x => catalogue.Find(x.Permission)?.IsEditable(x.Role) == true && Granted.Contains((x.Role, x.Permission)) != x.Granted)];
        Effects = await permissions.PreviewAsync(Changes, clock.GetUtcNow(), cancellationToken);
        return this.Invalid();
    }

    private async Task<IActionResult> PreviewAsync(CancellationToken cancellationToken)
    {
        if (Changes.Count == 0)
        {
            this.Flash("info", "Rien ne change : la matrice est déjà ainsi.");
            return RedirectToPage(new { Recherche, Role });
        }

        Effects = await permissions.PreviewAsync(Changes, clock.GetUtcNow(), cancellationToken);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellationToken, bool keepVersion = false)
    {
        CanEdit = (await authorization.AuthorizeAsync(User, Policies.PermissionsManage)).Succeeded;
        var (version, granted) = await permissions.ReadAsync(cancellationToken);
        Granted = granted;
        if (!keepVersion)
        {
            Version = version;
            ModelState.Remove(nameof(Version));
        }

        ShownRoles = Roles.All.Contains(Role) ? [Role!] : Roles.All;
        var words = SearchText.Of(Recherche).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Shown = [.. catalogue.All.Where(x => words.All(SearchText.Of($"{x.Group} {x.Label} {x.Description} {x.Name}").Contains))];
        History = [.. (await database.AuditEntries.AsNoTracking().Where(x => x.Subject == PermissionService.Subject).OrderByDescending(x => x.Id).Take(HistorySize).ToListAsync(cancellationToken)).Select(x =>
        {
            var parts = x.SubjectId.Split(':');
            var given = x.Action == "Granted";
            return new TimelineItem(
                x.At, $"{catalogue.Find(parts[^1])?.Label ?? parts[^1]} : {(given ? "accordé à" : "retiré à")} {Roles.Label(parts[0])}", x.Actor, Tone: given ? "success" : "warning", Icon: given ? "check" : "x", Text: x.Reason);
        })];
    }
}
