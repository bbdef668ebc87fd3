using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Activities.OpcoPortals;

internal static class PortalRuns
{
    internal static Task<Filing> LatestFilingAsync(this MonOpcoDbContext db, ActivityContext context) =>
        db.Filings.AsNoTracking().Where(x => x.DossierId == context.DossierId()).OrderByDescending(x => x.CreatedAt).FirstAsync(context.CancellationToken);

    /// <summary>The procedure only comes here for a portal that a script serves.</summary>
    internal static string ScriptFor(this PortalRunner runner, Filing filing) =>
        runner.ScriptOf(filing.Portal) ?? throw new InvalidOperationException($"Aucun script ne sert le portail « {filing.Portal} » : passez-le en mode copilote.");

    /// <summary>Values read from the portal; kept on the filing, never in the procedure's variables.</summary>
    internal static JsonObject Read(IReadOnlyDictionary<string, string> values) =>
        new() { ["lu"] = new JsonObject(values.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)JsonValue.Create(x.Value)))) };

    internal static JsonObject? Differences(PortalResult result) => result is PortalResult.Differences differences
        ? new JsonObject
        {
            ["lu"] = Read(result.Values)["lu"]!.DeepClone(),
            ["ecarts"] = new JsonArray([.. differences.Items.Select(x => new JsonObject { ["champ"] = x.Field, ["attendu"] = x.Expected, ["lu"] = x.Found })]),
        }
        : null;

    /// <summary>In a trial: the reference that was recorded or typed, or one that nobody can take for a real one.</summary>
    internal static async Task RehearseSubmittedAsync(this FilingService filings, DossierService dossiers, Filing filing, JsonObject output, ActivityContext context)
    {
        var reference = output["reference"]?.ToString() is { Length: > 0 } given ? given : "ESSAI-" + filing.OurReference;
        await filings.RecordSubmittedAsync(filing.Id, reference, null, [], context.BotChange(), context.CancellationToken);
        await dossiers.RecordDepositAsync(context.DossierId(), new RecordDeposit(reference, context.Now), context.BotChange(), context.CancellationToken);
    }

    internal static string TextOf(JsonObject output) => output["text"]?.ToString() is { Length: > 0 } text ? text : "Le robot s'est arrêté.";

    internal static PortalOutput Stopped(PortalResult result) => new()
    {
        Result = result,
        Text = result switch
        {
            PortalResult.LandmarkMissing missing => $"Le portail a changé : {missing.What} est introuvable ({missing.Step}). Rien n'a été transmis.",
            PortalResult.LoginRefused => "Le portail refuse notre compte : vérifiez l'identifiant et le mot de passe du portail.",
            PortalResult.Unreachable unreachable => $"Le portail ne répond pas : {unreachable.Failure.Reason}",
            PortalResult.Differences differences => $"Le portail affiche autre chose que prévu ({differences.Items.Count} écart(s)) : rien n'a été transmis.",
            _ => "Le robot s'est arrêté.",
        },
    };
}
