using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Privacy;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>What an erasure takes and what stays, then the typed confirmation; erasure and the start of its certificate are one transaction.</summary>
[Authorize(Policies.Administration)]
public sealed class EffacementModel(ErasureService erasures, WorkflowRuntime runtime, TimeProvider clock) : PageModel
{
    public const string Certificate = "certificat-effacement";

    [BindProperty(SupportsGet = true)]
    public string? Adresse { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Demande { get; set; }

    [BindProperty]
    public string? Confirmation { get; set; }

    public ErasurePlan? Plan { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Adresse))
        {
            return Redirect("/admin/rgpd#effacements");
        }

        Plan = await erasures.PreviewAsync(Adresse, clock.GetUtcNow(), cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Adresse))
        {
            return NotFound();
        }

        var now = clock.GetUtcNow();
        Plan = await erasures.PreviewAsync(Adresse, now, cancellationToken);
        if (!string.Equals(Confirmation?.Trim(), Adresse.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            ModelState.AddModelError(nameof(Confirmation), "Recopiez l’adresse de la personne pour confirmer.");
            return this.Invalid();
        }

        try
        {
            Erasure? done = null;
            var id = Guid.CreateVersion7(now);
            await runtime.StartAsync(
                new StartWorkflow(Certificate) { Input = new() { ["Id"] = id.ToString() }, Actor = User.ShownName() },
                async (services, _) => done = await services.GetRequiredService<ErasureService>().EraseAsync(id, Adresse, Demande, User.Change(now), cancellationToken),
                cancellationToken);
            this.Flash("success", $"L’effacement {done?.Numero} est fait ; son certificat s’établit et paraîtra ici.");
            return Redirect("/admin/rgpd#effacements");
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
            return this.Invalid();
        }
    }
}
