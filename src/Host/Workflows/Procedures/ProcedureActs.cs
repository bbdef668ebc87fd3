using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>What their owners do to procedures beside editing and publishing: make, copy, revive, delete, label. Each act is one line of the audit.</summary>
public sealed class ProcedureActs(DefinitionStore store, DefinitionUsage usage, MonOpcoDbContext database)
{
    private const int MaxLabels = 12;

    /// <summary>A first draft: a beginning connected to an end.</summary>
    public Task<DefinitionVersion> CreateAsync(string name, string description, ChangeContext change, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["variables"] = new JsonArray(),
            ["inputs"] = new JsonArray(),
            ["outputs"] = new JsonArray(),
            ["outcomes"] = new JsonArray(),
            ["customProperties"] = new JsonObject(),
            ["options"] = new JsonObject(),
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["name"] = "Flowchart1",
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
                ["variables"] = new JsonArray(),
                ["customProperties"] = new JsonObject { ["canStartWorkflow"] = false, ["runAsynchronously"] = false },
                ["metadata"] = new JsonObject(),
                ["activities"] = new JsonArray(Node("debut", "Elsa.Start", "Début", 0), Node("fin", "Elsa.End", "Fin", 380)),
                ["connections"] = new JsonArray(new JsonObject
                {
                    ["source"] = new JsonObject { ["activity"] = "debut", ["port"] = "Done" },
                    ["target"] = new JsonObject { ["activity"] = "fin", ["port"] = "In" },
                    ["vertices"] = new JsonArray(),
                }),
            },
        };
        return BeginAsync(body, name, description, "Created", null, change, cancel);

        static JsonObject Node(string id, string type, string title, int x) => new()
        {
            ["id"] = id,
            ["name"] = title,
            ["type"] = type,
            ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = type == "Elsa.Start", ["runAsynchronously"] = false },
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = 0 } }, ["displayText"] = title },
        };
    }

    /// <summary>The latest version under a new name, as the draft of another procedure.</summary>
    public async Task<DefinitionVersion> CopyAsync(string definitionId, string name, ChangeContext change, CancellationToken cancel)
    {
        var latest = await store.FindLatestAsync(definitionId, cancel) ?? throw new DefinitionNotFoundException(definitionId);
        return await BeginAsync(DefinitionDocument.ForStore(DefinitionDocument.Parse(latest)), name, latest.Description, "Copied", new JsonObject { ["from"] = definitionId, ["version"] = latest.Version }, change, cancel);
    }

    /// <summary>A former version as a new draft; a draft under way is set aside and stays in the list of versions.</summary>
    public async Task<DefinitionVersion> ReviveAsync(string definitionId, int version, ChangeContext change, CancellationToken cancel)
    {
        var draft = await store.RevertAsync(definitionId, version, change.ActorName, cancel);
        await database.MakeEditorsStaleAsync(definitionId, cancel);
        database.Note(change, definitionId, "Revived", new JsonObject { ["version"] = draft.Version, ["from"] = version }, null);
        await database.SaveChangesAsync(cancel);
        return draft;
    }

    /// <summary>False when there is none.</summary>
    /// <exception cref="RuleBrokenException">Dossiers follow it, or another procedure uses it.</exception>
    public async Task<bool> DeleteAsync(string definitionId, ChangeContext change, CancellationToken cancel)
    {
        var users = (await usage.FindAsync(UsageKind.Procedure, definitionId, cancel)).Select(use => use.ProcedureName).Distinct().ToList();
        if (users.Count > 0)
        {
            throw new RuleBrokenException("procedure-used", $"Cette procédure est utilisée par {string.Join(", ", users.Select(name => $"« {name} »"))} : retirez-la de là avant de la supprimer.");
        }

        try
        {
            return await store.DeleteAsync(definitionId, async (services, latest) =>
            {
                var db = services.GetRequiredService<MonOpcoDbContext>();
                await db.Set<WorkflowPublicationRow>().Where(x => x.DefinitionId == definitionId && (x.State == PublicationState.AwaitingApproval || x.State == PublicationState.Scheduled || x.State == PublicationState.Held))
                    .ExecuteUpdateAsync(x => x.SetProperty(p => p.State, PublicationState.Withdrawn).SetProperty(p => p.EndedAt, change.Now).SetProperty(p => p.Reason, "Procédure supprimée."), cancel);
                db.Note(change, definitionId, "Deleted", new JsonObject { ["name"] = latest.Name, ["version"] = latest.Version }, change.Reason);
                await db.SaveChangesAsync(cancel);
            }, cancel);
        }
        catch (DefinitionInUseException used)
        {
            throw new RuleBrokenException("procedure-running", $"{Fr.Number(used.Running)} {(used.Running == 1 ? "exécution suit" : "exécutions suivent")} encore cette procédure : dépubliez-la pour qu’aucune nouvelle ne commence, et supprimez-la quand elles seront finies.");
        }
    }

    /// <summary>Words by which the list is filtered.</summary>
    public async Task SetLabelsAsync(string definitionId, string text, ChangeContext change, CancellationToken cancel)
    {
        string[] labels = [.. text.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(label => label.Length > 40 ? label[..40] : label).Distinct(StringComparer.CurrentCultureIgnoreCase).Take(MaxLabels)];
        var row = await SettingsAsync(definitionId, cancel);
        if (row.Labels.SequenceEqual(labels))
        {
            return;
        }

        database.Note(change, definitionId, "LabelsChanged", new JsonObject { ["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]) }, null, new JsonObject { ["labels"] = new JsonArray([.. row.Labels.Select(label => (JsonNode)label)]) });
        row.Labels = labels;
        await database.SaveChangesAsync(cancel);
    }

    /// <summary>Whether publishing needs a second person; null = as everywhere. For <see cref="WorkflowProcedureRow.Everywhere"/> it is the rule of all others.</summary>
    public async Task SetApprovalAsync(string definitionId, bool? isNeeded, ChangeContext change, CancellationToken cancel)
    {
        var row = await SettingsAsync(definitionId, cancel);
        if (row.NeedsApproval == isNeeded)
        {
            return;
        }

        database.Note(change, definitionId, "ApprovalRuleChanged", new JsonObject { ["needsApproval"] = isNeeded }, null, new JsonObject { ["needsApproval"] = row.NeedsApproval });
        row.NeedsApproval = isNeeded;
        await database.SaveChangesAsync(cancel);
    }

    private async Task<WorkflowProcedureRow> SettingsAsync(string definitionId, CancellationToken cancel)
    {
        var row = await database.Set<WorkflowProcedureRow>().SingleOrDefaultAsync(x => x.DefinitionId == definitionId, cancel);
        if (row is null)
        {
            database.Add(row = new WorkflowProcedureRow { DefinitionId = definitionId });
        }

        return row;
    }

    private async Task<DefinitionVersion> BeginAsync(JsonObject body, string name, string description, string action, JsonObject? values, ChangeContext change, CancellationToken cancel)
    {
        // The id is also the name of the exported file.
        var id = Slug(name);
        if ((await store.ListAsync(id, cancel)).Count > 0)
        {
            id = $"{id}-{Guid.CreateVersion7(change.Now).ToString("N")[^6..]}";
        }

        (body["definitionId"], body["name"], body["description"]) = (id, name.Trim(), description.Trim());
        return await store.SaveDraftAsync(
            new SaveDraft(id, StableForm.Write(body, null))
            {
                Name = name.Trim(),
                Description = description.Trim(),
                Author = change.ActorName,
                Check = async (services, latest) =>
                {
                    var db = services.GetRequiredService<MonOpcoDbContext>();
                    db.Note(change, id, action, values, null);
                    await db.SaveChangesAsync(cancel);
                },
            },
            cancel);
    }

    private static string Slug(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name.Normalize(NormalizationForm.FormD).ToLowerInvariant().Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark))
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        }

        var slug = string.Join('-', text.ToString().Split('-', StringSplitOptions.RemoveEmptyEntries));
        return slug.Length == 0 ? Guid.CreateVersion7().ToString("N") : slug[..Math.Min(60, slug.Length)].Trim('-');
    }
}
