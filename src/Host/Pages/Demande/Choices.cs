using Microsoft.AspNetCore.Mvc.Rendering;
using MonOPCO.Activities.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>Labels of the choices of the request, for forms and for the pages that show a dossier.</summary>
public static class Choices
{
    public static IReadOnlyList<SelectListItem> Categories { get; } = [.. Enum.GetValues<Csp>().Select(x => new SelectListItem(Label(x), x.ToString()))];

    public static IReadOnlyList<SelectListItem> Contracts { get; } = [.. Enum.GetValues<ContractKind>().Select(x => new SelectListItem(Label(x), x.ToString()))];

    public static IReadOnlyList<SelectListItem> Modalities { get; } = [.. Enum.GetValues<Modality>().Select(x => new SelectListItem(Label(x), x.ToString()))];

    public static string Label(Csp category) => DocumentData.CategoryLabel(category);

    public static string Label(ContractKind contract) => DocumentData.ContractLabel(contract);

    public static string Label(Modality modality) => modality switch
    {
        Modality.Presentiel => "En présence",
        Modality.Distanciel => "À distance",
        Modality.Mixte => "En partie à distance",
        _ => throw new ArgumentOutOfRangeException(nameof(modality)),
    };

    public static string Label(DossierKind kind) => kind switch
    {
        DossierKind.Bilan => "Bilan de compétences",
        DossierKind.Formation => "Formation",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
