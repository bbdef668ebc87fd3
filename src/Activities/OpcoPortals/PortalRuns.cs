using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
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
