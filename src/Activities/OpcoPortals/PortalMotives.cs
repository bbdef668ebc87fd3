using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Activities.OpcoPortals;

/// <summary>The words of a portal's refusal to our coded reasons (<see cref="RefusalReason"/>, facts §10.3); what is not recognised is « autre ».</summary>
internal static class PortalMotives
{
    private static readonly (string Word, string Code)[] Words =
    [
        ("tardif", "depot-tardif"), ("commenc", "action-commencee"), ("incomplet", "dossier-incomplet"), ("incoh", "incoherence"), ("mauvais opco", "mauvais-opco"),
        ("contribution", "contributions-impayees"), ("effectif", "effectif"), ("50 salari", "effectif"), ("action", "action-ineligible"), ("public", "public-ineligible"),
        ("qualiopi", "qualiopi"), ("coût", "cout"), ("plafond", "cout"), ("enveloppe", "enveloppe-epuisee"),
    ];

    internal static string CodeOf(string? motive) =>
        Words.FirstOrDefault(x => motive is not null && motive.Contains(x.Word, StringComparison.OrdinalIgnoreCase)).Code ?? "autre";
}
