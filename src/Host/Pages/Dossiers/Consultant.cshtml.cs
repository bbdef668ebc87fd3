using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>A consultant leaves: he loses the dossier at once, and another is proposed to the beneficiary, who decides.</summary>
[Authorize(Policies.ConsultantsAssign)]
public sealed class ConsultantModel(MonOpcoDbContext database, ConsultantHandovers handovers, TimeProvider clock) : PageModel
{
    [BindProperty, Display(Name = "Consultant proposé"), Required(ErrorMessage = "Choisissez un consultant.")]
    public Guid? Consultant { get; set; }

    [BindProperty, Display(Name = "Motif"), Required(ErrorMessage = "Indiquez le motif : le bénéficiaire le lira."), StringLength(500)]
    public string? Motif { get; set; }

    public Dossier Dossier { get; private set; } = null!;

    public string? Current { get; private set; }

    public IReadOnlyList<ConsultantHandover> Handovers { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string numero, CancellationToken cancellationToken) => await LoadAsync(numero, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string numero, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(numero, cancellationToken))
        {
            return NotFound();
        }

        if (ModelState.IsValid)
        {
            try
            {
                var handover = await handovers.ProposeAsync(Dossier.Id, Consultant!.Value, User.Change(clock.GetUtcNow(), Motif), cancellationToken);
                this.Flash("success", $"La proposition attend la réponse du bénéficiaire. {handover.ToName} n’accède à rien d’ici là.");
                return RedirectToPage(new { numero });
            }
            catch (RuleBrokenException broken)
            {
                ModelState.AddModelError(broken.Code == "handover-reason" ? nameof(Motif) : nameof(Consultant), broken.Message);
            }
        }

        return this.Invalid();
    }

    public async Task<IActionResult> OnPostRetirerAsync(string numero, Guid proposition, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(numero, cancellationToken))
        {
            return NotFound();
        }

        var mine = Handovers.Any(x => x.Id == proposition);
        this.Flash("info", mine && await handovers.WithdrawAsync(proposition, User.Change(clock.GetUtcNow()), cancellationToken) ? "La proposition est retirée." : "Cette proposition n’attend plus de réponse.");
        return RedirectToPage(new { numero });
    }

    private async Task<bool> LoadAsync(string numero, CancellationToken cancellationToken)
    {
        if (await database.FindDossierAsync(numero, cancellationToken) is not { } dossier)
        {
            return false;
        }

        Dossier = dossier;
        Current = await database.Users.Where(x => x.Id == dossier.ConsultantUserId).Select(x => x.DisplayName).FirstOrDefaultAsync(cancellationToken);
        Handovers = await handovers.OfDossierAsync(dossier.Id, cancellationToken);
        var consultants = await database.Users.AsNoTracking().Where(x => x.Id != dossier.ConsultantUserId && database.UserRoles.Any(r => r.UserId == x.Id && database.Roles.Any(role => role.Id == r.RoleId && role.Name == Roles.Consultant)))
            .OrderBy(x => x.DisplayName).Select(x => new { x.Id, x.DisplayName, x.Email }).ToListAsync(cancellationToken);
        Choices = [.. consultants.Select(x => new SelectListItem($"{x.DisplayName} ({x.Email})", x.Id.ToString()))];
        return true;
    }
}
