using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>Who treats my tasks while I am away.</summary>
[Authorize(Policies.Staff)]
public sealed class AbsenceModel(DelegationService delegations, StaffDirectory staff, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Absence Input { get; set; } = new();

    public IReadOnlyList<SelectListItem> Colleagues { get; private set; } = [];

    public IReadOnlyList<Delegation> Mine { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAnnoncerAsync(CancellationToken cancellationToken)
    {
        var colleagues = await ColleaguesAsync(cancellationToken);
        var chosen = colleagues.FirstOrDefault(x => x.Id == Input.Delegate);
        if (Input.Delegate is not null && chosen is null)
        {
            ModelState.AddModelError("Input.Delegate", "Choisissez une personne de la liste.");
        }

        if (ModelState.IsValid)
        {
            try
            {
                await delegations.CreateAsync(chosen!.Id, chosen.Name, Input.From!.Value, Input.To!.Value, Input.Reason?.Trim() ?? "", User.Change(clock.GetUtcNow()), cancellationToken);
                this.Flash("success", $"{chosen.Name} est averti : vos tâches lui sont confiées du {Fr.Date(Input.From.Value)} au {Fr.Date(Input.To.Value)}.");
                return RedirectToPage();
            }
            catch (RuleBrokenException broken)
            {
                ModelState.AddModelError(broken.Code switch { "delegate-dates" or "delegate-past" => "Input.To", "delegate-overlap" => "Input.From", _ => "Input.Delegate" }, broken.Message);
            }
        }

        await LoadAsync(cancellationToken);
        return this.Invalid();
    }

    public async Task<IActionResult> OnPostTerminerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await delegations.EndAsync(id, User.Change(clock.GetUtcNow()), cancellationToken))
        {
            return NotFound();
        }

        this.Flash("success", "Cette absence est terminée : vos tâches ne vont plus qu’à vous.");
        return RedirectToPage();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Colleagues = [.. (await ColleaguesAsync(cancellationToken)).Select(x => new SelectListItem(x.Name, x.Id.ToString()))];
        Mine = await delegations.OfAsync(User.Id(), clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Whoever shares one of my roles may do what I do.</summary>
    private async Task<IReadOnlyList<StaffMember>> ColleaguesAsync(CancellationToken cancellationToken)
    {
        var roles = TaskLook.Keys(User).Roles;
        return [.. (await staff.AllAsync(cancellationToken)).Where(x => x.Id != User.Id() && (x.Roles.Intersect(roles).Any() || x.Roles.Contains(Roles.SuperAdmin)))];
    }

    public sealed class Absence
    {
        [Display(Name = "Personne qui vous remplace"), Required(ErrorMessage = "Choisissez la personne qui vous remplace.")]
        public Guid? Delegate { get; set; }

        [Display(Name = "Premier jour"), Required(ErrorMessage = "Indiquez le premier jour.")]
        public DateOnly? From { get; set; }

        [Display(Name = "Dernier jour"), Required(ErrorMessage = "Indiquez le dernier jour.")]
        public DateOnly? To { get; set; }

        [Display(Name = "Motif"), StringLength(200)]
        public string? Reason { get; set; }
    }
}
