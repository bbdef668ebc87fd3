using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Demo;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Public;

/// <summary>
/// « Finançable ? »: no account. Sending the form asks the register and keeps what it said; the answer itself is an address that shows what is stored, so that it can
/// be reloaded, shared and put into a calendar without asking again.
/// </summary>
[EnableRateLimiting(FrontLimits.Look)]
public sealed class IndexModel(CompanyFinder finder, CompanyService companies, FundingAnswers answers, IOptions<DemoSettings> demo, IConfiguration configuration, TimeProvider clock) : PageModel
{
    public static IReadOnlyList<SelectListItem> Kinds { get; } = [new("Bilan de compétences", nameof(DossierKind.Bilan)), new("Formation", nameof(DossierKind.Formation))];

    /// <summary>Fictitious companies to try, where the demonstration is enabled.</summary>
    public static IReadOnlyList<(string Siret, string Case)> Examples { get; } =
    [
        ("99900137300011", "Atlas, par la convention collective"),
        ("99902740200018", "convention partagée entre deux OPCO"),
        ("99903151100010", "seulement le code NAF"),
        ("99902466400016", "50 salariés et plus"),
        ("99903425900013", "employeur public"),
        ("99902192600012", "entreprise fermée"),
        ("99903699900012", "non diffusible"),
        ("99904795400014", "registre en panne"),
    ];

    [BindProperty(SupportsGet = true), Display(Name = "SIRET de l’établissement"), Required(ErrorMessage = "Indiquez le SIRET de l’établissement."), StringLength(40)]
    public string? Siret { get; set; }

    [BindProperty(SupportsGet = true), Display(Name = "Vous voulez financer")]
    public DossierKind Type { get; set; } = DossierKind.Bilan;

    [BindProperty(SupportsGet = true), Display(Name = "Date de début"), Required(ErrorMessage = "Indiquez la date de début prévue.")]
    public DateOnly? Debut { get; set; }

    public FundingAnswer? Answer { get; private set; }

    public bool ShowExamples => demo.Value.Enabled && configuration["Outside:SandboxUrl"] is { Length: > 0 };

    public string Query => $"siret={Answer!.Company.Siret}&type={Type}&debut={Debut:yyyy-MM-dd}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        // The house's own home is the dashboard; the public question stays at /financable.
        if (Request.Path == "/" && User.IsStaff())
        {
            return LocalRedirect("/console");
        }

        var asked = Siret is not null && Debut is not null && ModelState.IsValid;
        ModelState.Clear();
        if (asked && Domain.Companies.Siret.TryParse(Siret, out var siret) && await companies.FindAsync(siret, cancellationToken) is { } company)
        {
            Answer = await answers.MakeAsync(company, Type, Debut!.Value, cancellationToken);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Siret is not null && !Domain.Companies.Siret.TryParse(Siret, out _))
        {
            ModelState.AddModelError(nameof(Siret), "Ce numéro n’est pas un SIRET : il compte 14 chiffres et une clé de contrôle. Vérifiez chaque chiffre.");
        }

        if (Debut is { } start && start < Fr.InParis(clock.GetUtcNow()).AddYears(-1))
        {
            ModelState.AddModelError(nameof(Debut), "Cette date est trop ancienne.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var siret = Domain.Companies.Siret.Parse(Siret!);
        if (await finder.FindAsync(siret, cancellationToken) is null)
        {
            ModelState.AddModelError(nameof(Siret), "Le registre des entreprises ne connaît pas ce SIRET. Relisez-le sur un bulletin de paie ou une facture.");
            return this.Invalid();
        }

        return LocalRedirect($"~/?siret={siret.Value}&type={Type}&debut={Debut:yyyy-MM-dd}#reponse");
    }

    /// <summary>The last filing day for the visitor's calendar.</summary>
    public async Task<IActionResult> OnGetCalendrierAsync(CancellationToken cancellationToken)
    {
        await OnGetAsync(cancellationToken);
        if (Answer?.Estimate is not { Window: { } window, OpcoName: { } opco })
        {
            return NotFound();
        }

        var what = Type == DossierKind.Bilan ? "le bilan de compétences" : "la formation";
        var text = FilingCalendar.Write(
            $"Dernier jour pour déposer chez {opco}",
            $"Demande de prise en charge pour {what} qui commence le {Fr.Date(Debut!.Value)} ({Answer.Company.Name}).",
            window.Last,
            clock.GetUtcNow(),
            $"{Answer.Company.Siret}-{Type}-{Debut:yyyyMMdd}@monopco");
        return File(Encoding.UTF8.GetBytes(text), "text/calendar; charset=utf-8", $"depot-{opco.ToLowerInvariant().Replace(' ', '-')}-{window.Last:yyyy-MM-dd}.ics");
    }
}
