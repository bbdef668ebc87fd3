using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.Rendering;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Rules;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>The fields of a value on a page. A record, not a tuple: the names of the inputs come from its properties.</summary>
public sealed record RuleFields(RuleForm Form, RuleDefinition Definition, bool HasEnd);

/// <summary>What is typed for a value, new or corrected.</summary>
public sealed class RuleForm
{
    [Display(Name = "Valeur")]
    [Required(ErrorMessage = "Indiquez la valeur.")]
    [MaxLength(40)]
    public string? Valeur { get; set; }

    [Display(Name = "Valable à partir du")]
    [Required(ErrorMessage = "Indiquez le premier jour.")]
    public DateOnly? Du { get; set; }

    [Display(Name = "Jusqu’au")]
    public DateOnly? Au { get; set; }

    [Display(Name = "Source")]
    [Required(ErrorMessage = "Indiquez la source : texte, page de l’OPCO, décision interne.")]
    [MaxLength(300)]
    public string? Source { get; set; }

    [Display(Name = "Lien vers la source")]
    [MaxLength(500)]
    public string? Lien { get; set; }

    [Display(Name = "Certitude")]
    public RuleCertainty Certitude { get; set; } = RuleCertainty.Indicative;

    [Display(Name = "Motif du changement")]
    [Required(ErrorMessage = "Dites pourquoi : le motif reste dans l’historique.")]
    [MaxLength(300)]
    public string? Motif { get; set; }

    public static IEnumerable<SelectListItem> Certainties => Enum.GetValues<RuleCertainty>().Select(x => new SelectListItem(RuleCatalogue.CertaintyLabel(x), x.ToString()));

    public static IEnumerable<SelectListItem>? Choices(RuleDefinition definition) => definition.Kind switch
    {
        RuleValueKind.YesNo => [new("oui", "true"), new("non", "false")],
        RuleValueKind.Choice => definition.Choices.Select(x => new SelectListItem(x.Label, x.Value)),
        _ => null,
    };

    public RuleValue Value(string code, string scope, string kind) =>
        new(code, scope, kind, Du!.Value, Au, Valeur!, Source!, string.IsNullOrWhiteSpace(Lien) ? null : Lien.Trim(), Certitude);

    /// <summary>The field that a refusal is about.</summary>
    public static string FieldOf(RuleBrokenException broken) => "Form." + (broken.Code switch
    {
        "rule-value" => nameof(Valeur),
        "rule-url" => nameof(Lien),
        "rule-source" => nameof(Source),
        "rule-reason" => nameof(Motif),
        "rule-same-day" or "rule-gap" or "rule-overlap" => nameof(Du),
        "rule-dates" => nameof(Au),
        _ => nameof(Valeur),
    });
}
