using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>What an operator may correct on a dossier, on its own page and in the task before filing. Bound under the prefix <c>Edit</c>.</summary>
public sealed class EditFields
{
    public static IReadOnlyList<SelectListItem> Modalities { get; } =
        [new("Présentiel", nameof(Domain.Dossiers.Modality.Presentiel)), new("À distance", nameof(Domain.Dossiers.Modality.Distanciel)), new("Mixte", nameof(Domain.Dossiers.Modality.Mixte))];

    [Display(Name = "Intitulé"), Required, StringLength(200)]
    public string? Title { get; set; }

    [Display(Name = "Date de début"), Required]
    public DateOnly? StartDate { get; set; }

    [Display(Name = "Date de fin"), Required]
    public DateOnly? EndDate { get; set; }

    [Display(Name = "Durée en heures"), Required, Range(0.5, 5000)]
    public decimal? Hours { get; set; }

    [Display(Name = "Coût hors taxes"), Required, Range(0, 9999999)]
    public decimal? CostHt { get; set; }

    [Display(Name = "Montant demandé à l’OPCO"), Required, Range(0, 9999999)]
    public decimal? RequestedAmount { get; set; }

    [Display(Name = "Modalité"), Required]
    public Modality? Modality { get; set; }

    [Display(Name = "Lieu ou lien"), StringLength(300)]
    public string? Place { get; set; }

    [Display(Name = "À distance : assistance et évaluation"), StringLength(2000)]
    public string? ModalityDetail { get; set; }

    [Display(Name = "Nom de l’intervenant"), StringLength(200)]
    public string? TrainerName { get; set; }

    [Display(Name = "Objectifs"), StringLength(4000)]
    public string? Objectives { get; set; }

    [Display(Name = "Contenu"), StringLength(8000)]
    public string? Content { get; set; }

    [Display(Name = "Contact dans l’entreprise"), Required, StringLength(200)]
    public string? ContactName { get; set; }

    [Display(Name = "Téléphone du contact"), StringLength(40)]
    public string? ContactPhone { get; set; }

    public void Fill(Dossier dossier)
    {
        (Title, StartDate, EndDate, Hours, CostHt, RequestedAmount) = (dossier.Title, dossier.StartDate, dossier.EndDate, dossier.Hours, dossier.CostHt, dossier.RequestedAmount);
        (Modality, Place, ModalityDetail, TrainerName) = (dossier.Modality, dossier.Place, dossier.ModalityDetail, dossier.TrainerName);
        (Objectives, Content, ContactName, ContactPhone) = (dossier.Objectives, dossier.Content, dossier.ContactName, dossier.ContactPhone);
    }

    /// <summary>What the attributes cannot say: dates and amounts that contradict each other.</summary>
    public void Check(ModelStateDictionary errors)
    {
        if (EndDate < StartDate)
        {
            errors.AddModelError("Edit.EndDate", "La fin ne peut pas précéder le début.");
        }

        if (RequestedAmount > CostHt)
        {
            errors.AddModelError("Edit.RequestedAmount", "Le montant demandé ne peut pas dépasser le coût.");
        }
    }

    // An emptied field means « nothing », not « unchanged ».
    public EditDossier Command() => new()
    {
        Title = Title,
        StartDate = StartDate,
        EndDate = EndDate,
        Hours = Hours,
        CostHt = CostHt,
        RequestedAmount = RequestedAmount,
        Modality = Modality,
        Place = Place ?? "",
        ModalityDetail = ModalityDetail ?? "",
        TrainerName = TrainerName ?? "",
        Objectives = Objectives ?? "",
        Content = Content ?? "",
        ContactName = ContactName,
        ContactPhone = ContactPhone ?? "",
    };
}
