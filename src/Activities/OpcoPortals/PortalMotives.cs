using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Activities.OpcoPortals;

/// <summary>The words of a portal's refusal to our coded reasons (<see cref="RefusalReason"/>, facts §10.3); what is not recognised is « autre ».</summary>
internal static class PortalMotives
{
    private static readonly (string Word, string Code)[] Words =
    [
        ("hors délai", "depot-tardif"), ("tardif", "depot-tardif"), ("commenc", "deja-commencee"), ("incomplet", "incomplet"), ("contradict", "incoherent"), ("incohér", "incoherent"),
        ("autre opco", "mauvais-opco"), ("mauvais opco", "mauvais-opco"), ("relevant pas", "mauvais-opco"), ("contribution", "contributions"), ("effectif", "effectif"), ("50 salari", "effectif"),
        ("qualiopi", "qualiopi-nda"), ("plafond", "cout"), ("coût", "cout"), ("enveloppe", "enveloppe"), ("budget", "enveloppe"),
        ("public", "personne-ineligible"), ("personne", "personne-ineligible"), ("bénéficiaire", "personne-ineligible"), ("action", "action-ineligible"), ("formation", "action-ineligible"),
    ];

    internal static IEnumerable<string> Codes => Words.Select(x => x.Code).Append("autre").Distinct();

    internal static string CodeOf(string? motive) =>
        Words.FirstOrDefault(x => motive is not null && motive.Contains(x.Word, StringComparison.OrdinalIgnoreCase)).Code ?? "autre";
}
