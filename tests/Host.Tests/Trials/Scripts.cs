using System.Text.Json.Nodes;
using MonOPCO.Activities.Trials;
using MonOPCO.Engine.Trials;

namespace MonOPCO.Host.Tests.Trials;

/// <summary>What is typed for the shipped procedure of a bilan.</summary>
internal static class Scripts
{
    internal static TrialAnswer Effect(string activity, string outcome = "Done", JsonObject? data = null) => new(TrialAnswerKind.Effect) { Activity = activity, Outcome = outcome, Data = data };

    internal static TrialAnswer Task(string activity, string outcome, JsonObject? data = null) => new(TrialAnswerKind.Act) { Act = DossierActs.Task, Activity = activity, Outcome = outcome, Data = data, Actor = "Nadia" };

    internal static TrialAnswer Signs(string document, string role, string outcome = "signed") =>
        new(TrialAnswerKind.Act) { Act = DossierActs.Signature, Outcome = outcome, Data = new JsonObject { ["document"] = document, ["role"] = role, ["rank"] = 0 } };

    /// <summary>The training body's certificate, which the gate asks for.</summary>
    internal static TrialAnswer Certificate => new(TrialAnswerKind.Act) { Act = DossierActs.Document, Data = new JsonObject { ["type"] = "QUALIOPI", ["name"] = "qualiopi.pdf" } };

    internal static IReadOnlyList<TrialAnswer> ToTheConvention =>
    [
        Effect("accuse"), Task("valider", "Valider"), Effect("faire-devis"), Effect("faire-programme"), Effect("inviter-devis"), Signs("DEVIS", "Entreprise"), Effect("preuve-devis"),
        Effect("faire-convention"), Effect("faire-mandat"), Effect("faire-liste"), Effect("inviter-convention"), Effect("inviter-mandat"),
    ];

    /// <summary>By the robot or by hand, as the portal is set.</summary>
    internal static IReadOnlyList<TrialAnswer> Files =>
    [
        Effect("remplir", "Filled"), Task("confirmer", "Confirmer"), Effect("transmettre", "Submitted", new JsonObject { ["reference"] = "ATL-ESSAI" }),
        Task("copilote", "Déposé", new JsonObject { ["reference"] = "ATL-ESSAI" }),
    ];
}
