using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Privacy;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>One request of a person: what is known of her, the act, the answer.</summary>
[Authorize(Policies.Administration)]
public sealed class DemandeModel(MonOpcoDbContext database, PrivacyService privacy, PersonalData data, TimeProvider clock) : PageModel
{
    public PersonRequest Demand { get; private set; } = null!;

    public PersonSummary Summary { get; private set; } = null!;

    public DateOnly Today { get; private set; }

    [BindProperty]
    public string? Reponse { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) => await LoadAsync(id, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(Guid id, bool accordee, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        try
        {
            await privacy.AnswerAsync(id, accordee, Reponse ?? "", User.Change(clock.GetUtcNow()), cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(nameof(Reponse), broken.Message);
            return this.Invalid();
        }

        this.Flash("success", "La réponse est inscrite et la tâche est fermée.");
        return Redirect("/admin/rgpd");
    }

    /// <summary>For an access request: the same file that the person would get in her space.</summary>
    public async Task<IActionResult> OnGetExportAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        return new PersonalDataFile(data, Demand.PersonKey, false, $"donnees-{Fr.InParis(clock.GetUtcNow()):yyyy-MM-dd}.zip");
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        Today = Fr.InParis(clock.GetUtcNow());
        if (await database.PersonRequests.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } demand)
        {
            return false;
        }

        Demand = demand;
        Summary = await data.SummaryAsync(demand.PersonKey, cancellationToken);
        return true;
    }
}
