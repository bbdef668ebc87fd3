using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Public;

/// <summary>The style guide: every part, with invented content.</summary>
public sealed class StyleModel(TimeProvider clock) : PageModel
{
    public static DateOnly Today { get; } = new(2026, 2, 3);

    public static IReadOnlyList<SelectListItem> Modalities { get; } =
        [new("Présentiel", nameof(Domain.Dossiers.Modality.Presentiel)), new("À distance", nameof(Domain.Dossiers.Modality.Distanciel)), new("Mixte", nameof(Domain.Dossiers.Modality.Mixte))];

    public static IReadOnlyList<SelectListItem> Circuits { get; } =
        [new("Subrogation : l’OPCO paie l’organisme", nameof(PaymentCircuit.Subrogation)), new("Remboursement : l’OPCO rembourse l’entreprise", nameof(PaymentCircuit.Remboursement))];

    public static IReadOnlyList<(string Number, string Company, DossierState State, DateOnly Due, decimal Amount)> Rows { get; } =
    [
        ("2026-00009", "Atelier Vogel", DossierState.ComplementDemande, Today.AddDays(-1), 2400m),
        ("2026-00012", "Boulangerie Keller", DossierState.ConventionEnSignature, Today.AddDays(3), 1950m),
        ("2026-00007", "Garage du Kochersberg", DossierState.EnInstruction, Today.AddDays(16), 12345.67m),
        ("2026-00003", "Cabinet dentaire Wolff", DossierState.Accorde, Today.AddDays(40), 3120m),
    ];

    [Display(Name = "SIRET de l’entreprise"), Required]
    public string Siret { get; set; } = "";

    [Display(Name = "Date de début"), Required]
    public DateOnly? Start { get; set; } = Today.AddDays(41);

    [Display(Name = "Coût pédagogique"), Required]
    public decimal? Cost { get; set; }

    [Display(Name = "Modalité"), Required]
    public Modality? Modality { get; set; } = Domain.Dossiers.Modality.Mixte;

    [Display(Name = "Qui paie l’organisme ?"), Required]
    public PaymentCircuit? Circuit { get; set; } = PaymentCircuit.Subrogation;

    [Display(Name = "Objectifs")]
    public string? Objectives { get; set; }

    [Display(Name = "Certificat Qualiopi")]
    public IFormFile? Certificate { get; set; }

    [Display(Name = "J’atteste que ces informations sont exactes"), Required]
    public bool Agree { get; set; }

    public IReadOnlyList<TimelineItem> Timeline { get; private set; } = [];

    public void OnGet()
    {
        var now = clock.GetUtcNow();
        Timeline =
        [
            new(now.AddHours(-2), "Formulaire rempli, en attente de confirmation", "Robot de dépôt", true, "warning", "robot", null, [new("Capture de l’étape 3", "#s-suivi", "eye")]),
            new(now.AddDays(-1), "Convention signée par les trois parties", "Léo Martin", false, "success", "writing", null, [new("Convention (PDF)", "#s-suivi"), new("Preuve", "#s-suivi", "shield-check")]),
            new(now.AddDays(-6), "Demande validée", "Nadia Keller", false, "info", "check", "Douze contrôles automatiques réussis."),
            new(now.AddDays(-40), "Demande reçue", "Camille Roux, Boulangerie Keller", false, "neutral", "inbox"),
        ];
        Mistake(nameof(Siret), "123 456 782 0001", "Ce numéro n’a que 13 chiffres : un SIRET en compte 14.");
        Mistake(nameof(Cost), "1.234", "Indiquez un nombre, par exemple 1\u202F234,56.");
    }

    private void Mistake(string field, string typed, string message)
    {
        ModelState.SetModelValue(field, new ValueProviderResult(typed));
        ModelState.AddModelError(field, message);
    }
}
