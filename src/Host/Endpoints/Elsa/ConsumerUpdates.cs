using System.Text.Json.Nodes;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Expressions;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Definitions that use another one as an activity follow its new version, when that one asks for it (<c>autoUpdateConsumingWorkflows</c>).</summary>
public sealed class ConsumerUpdates(DefinitionStore store)
{
    /// <summary>Re-points the drafts of those who use <paramref name="published"/>; returns them with what their latest version was before.</summary>
    public async Task<IReadOnlyList<(DefinitionVersion Draft, bool WasPublished)>> UpdateAsync(DefinitionVersion published, string actor, CancellationToken cancel)
    {
        var body = DefinitionDocument.Parse(published);
        if (!new WorkflowDefinition(body).UsableAsActivity || !LenientJson.ToBoolean((body["options"] as JsonObject)?["autoUpdateConsumingWorkflows"]))
        {
            return [];
        }

        var updated = new List<(DefinitionVersion, bool)>();
        foreach (var consumer in (await store.ListAsync(null, cancel)).Where(version => version.IsLatest && version.DefinitionId != published.DefinitionId))
        {
            var json = DefinitionDocument.Parse(consumer);
            if (Repoint(json, published))
            {
                var draft = await store.SaveDraftAsync(
                    new SaveDraft(consumer.DefinitionId, StableForm.Text(json)) { Name = consumer.Name, Description = consumer.Description, Author = actor, ExpectedRevision = consumer.IsFrozen ? null : consumer.Revision, Check = (services, _) => services.GetRequiredService<MonOpcoDbContext>().MakeEditorsStaleAsync(consumer.DefinitionId, cancel) },
                    cancel);
                updated.Add((draft, consumer.IsPublished));
            }
        }

        return updated;
    }

    private static bool Repoint(JsonObject definition, DefinitionVersion published)
    {
        var changed = false;
        if (definition["root"] is JsonObject root)
        {
            DefinitionDocument.Visit(root, node =>
            {
                if (node.Text("workflowDefinitionId") == published.DefinitionId && node.Text("workflowDefinitionVersionId") != published.Id)
                {
                    node["workflowDefinitionVersionId"] = published.Id;
                    node["latestAvailablePublishedVersionId"] = published.Id;
                    node["version"] = published.Version;
                    node["latestAvailablePublishedVersion"] = published.Version;
                    changed = true;
                }
            });
        }

        return changed;
    }
}
