using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Changing definitions: save, publish, retract, revert, import, export, bulk actions; each asks for its right.</summary>
internal static class DefinitionWriteEndpoints
{
    private const string Awaiting = "Cette procédure demande l’accord d’une seconde personne : votre demande de publication est enregistrée, elle attend sur la page « Approbations ».";

    public static void Map(RouteGroupBuilder api)
    {
        var edit = api.MapGroup("").RequireAuthorization(Policies.ProceduresEdit);
        edit.MapPost("/workflow-definitions", SaveAsync);
        edit.MapPost("/workflow-definitions/import", ImportAsync);
        edit.MapPost("/workflow-definitions/import-files", ImportFilesAsync).DisableAntiforgery();
        edit.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync);
        edit.MapPost("/workflow-definitions/{definitionId}/update-references", UpdateReferencesAsync);
        var publish = api.MapGroup("").RequireAuthorization(Policies.ProceduresPublish);
        publish.MapPost("/workflow-definitions/{definitionId}/publish", (string definitionId, DefinitionEditing editing, Access access, CancellationToken cancel) =>
            GuardedAsync(async () => await SavedAsync(await editing.PublishAsync(definitionId, cancel), access)));
        publish.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync);
        publish.MapDelete("/workflow-definitions/{definitionId}", DeleteAsync);
        publish.MapDelete("/workflow-definition-versions/{versionId}", () => ElsaJson.Problem(StatusCodes.Status501NotImplemented, "Une version ne se supprime pas seule : des dossiers la suivent peut-être, et l’historique la garde. La page de la procédure permet de la supprimer en entier."));
        publish.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", BulkDeleteAsync);
        publish.MapPost("/bulk-actions/publish/workflow-definitions/by-definition-ids", BulkPublishAsync);
        publish.MapPost("/bulk-actions/retract/workflow-definitions/by-definition-ids", BulkRetractAsync);
        api.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        api.MapPost("/bulk-actions/export/workflow-definitions", BulkExportAsync);
    }

    private static async Task<IResult> SaveAsync(HttpRequest request, DefinitionEditing editing, Access access, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body || body["model"] is not JsonObject model)
        {
            return InstanceEndpoints.Malformed();
        }

        return await GuardedAsync(async () =>
        {
            var publish = body.Flag("publish") == true;
            var mayPublish = !publish || await access.MayPublishAsync();
            var saved = await editing.SaveAsync(model, cancel, publish && mayPublish);
            return !mayPublish
                ? ElsaJson.Problem(StatusCodes.Status403Forbidden, "Votre brouillon est enregistré, mais vous n’avez pas le droit de publier cette procédure.")
                : await SavedAsync(publish ? await editing.PublishAsync(saved.DefinitionId, cancel) : new PublishOutcome(saved, false, [], 0), access);
        });
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, DefinitionEditing editing, Access access, CancellationToken cancel) =>
        await ElsaJson.ReadAsync(request) is { Count: > 0 } model
            ? await GuardedAsync(async () =>
            {
                var (saved, problems) = await editing.ImportAsync([model], cancel);
                if (saved.Count == 0)
                {
                    return ElsaJson.Refused(problems);
                }

                var answer = await DefinitionEndpoints.ForStudioAsync(saved[0], access);
                answer["problems"] = JsonSerializer.SerializeToNode(problems, ElsaJson.Options);
                return ElsaJson.Ok(answer);
            })
            : InstanceEndpoints.Malformed();

    private static async Task<IResult> ImportFilesAsync(HttpRequest request, DefinitionEditing editing, CancellationToken cancel)
    {
        if (!request.HasFormContentType)
        {
            return InstanceEndpoints.Malformed();
        }

        var form = await request.ReadFormAsync(cancel);
        return await GuardedAsync(async () =>
        {
            var models = await DefinitionFiles.ReadAsync(form.Files, cancel);
            var (saved, problems) = await editing.ImportAsync(models, cancel);
            return saved.Count < models.Count ? ElsaJson.Refused(problems) : ElsaJson.Ok(new { saved.Count });
        });
    }

    private static async Task<IResult> UpdateReferencesAsync(string definitionId, DefinitionStore store, ConsumerUpdates consumers, Access access, CancellationToken cancel)
    {
        if (await store.FindPublishedAsync(definitionId, cancel) is not { } published)
        {
            return ElsaJson.NotFound("La procédure");
        }

        var updated = await consumers.UpdateAsync(published, access.Actor, cancel);
        return ElsaJson.Ok(new { AffectedWorkflows = updated.Select(consumer => consumer.Draft.DefinitionId) });
    }

    private static async Task<IResult> RetractAsync(string definitionId, DefinitionStore store, Publications publications, Access access, CancellationToken cancel)
    {
        if (await store.FindLatestAsync(definitionId, cancel) is null)
        {
            return ElsaJson.NotFound("La procédure");
        }

        await publications.RetractAsync(definitionId, access.Change(), cancel);
        return await DefinitionEndpoints.OneAsync(await store.FindLatestAsync(definitionId, cancel), access);
    }

    private static async Task<IResult> RevertAsync(string definitionId, int version, ProcedureActs procedures, Access access, CancellationToken cancel)
    {
        try
        {
            return ElsaJson.Ok(DefinitionDocument.Summary(await procedures.ReviveAsync(definitionId, version, access.Change(), cancel), true, await access.MayPublishAsync()));
        }
        catch (DefinitionNotFoundException)
        {
            return ElsaJson.NotFound("Cette version");
        }
    }

    private static async Task<IResult> BulkPublishAsync(HttpRequest request, DefinitionEditing editing, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        return await GuardedAsync(async () =>
        {
            List<string> published = [], already = [], missing = [], refused = [];
            foreach (var id in body.Texts("definitionIds"))
            {
                var outcome = await editing.PublishAsync(id, cancel);
                refused.AddRange(outcome.Problems.Where(problem => problem.IsError).Select(problem => $"{outcome.Version?.Name} : {problem.Sentence}"));
                refused.AddRange(outcome.Pending is null ? [] : [$"{outcome.Version?.Name} : {Awaiting}"]);
                (outcome.Version is null ? missing : outcome.Already ? already : outcome.IsRefused || outcome.Pending is not null ? [] : published).Add(id);
            }

            return refused.Count > 0
                ? ElsaJson.Problem(StatusCodes.Status400BadRequest, [.. refused])
                : ElsaJson.Ok(new { Published = published, AlreadyPublished = already, NotFound = missing, UpdatedConsumers = Array.Empty<string>() });
        });
    }

    private static async Task<IResult> DeleteAsync(string definitionId, ProcedureActs procedures, Access access, CancellationToken cancel)
    {
        try
        {
            return await procedures.DeleteAsync(definitionId, access.Change(), cancel) ? Results.NoContent() : ElsaJson.NotFound("La procédure");
        }
        catch (RuleBrokenException refused)
        {
            return ElsaJson.Problem(StatusCodes.Status409Conflict, refused.Message);
        }
    }

    private static async Task<IResult> BulkDeleteAsync(HttpRequest request, ProcedureActs procedures, Access access, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        var deleted = 0;
        foreach (var id in body.Texts("definitionIds"))
        {
            if (await DeleteAsync(id, procedures, access, cancel) is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent } and var refusal)
            {
                return refusal;
            }

            deleted++;
        }

        return ElsaJson.Ok(new { Deleted = deleted });
    }

    private static async Task<IResult> BulkRetractAsync(HttpRequest request, DefinitionStore store, Publications publications, Access access, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        List<string> retracted = [], already = [], missing = [];
        foreach (var id in body.Texts("definitionIds"))
        {
            var versions = await store.ListAsync(id, cancel);
            if (versions.Any(version => version.IsPublished))
            {
                await publications.RetractAsync(id, access.Change(), cancel);
                retracted.Add(id);
            }
            else
            {
                (versions.Count == 0 ? missing : already).Add(id);
            }
        }

        return ElsaJson.Ok(new { Retracted = retracted, AlreadyRetracted = already, NotFound = missing });
    }

    private static async Task<IResult> ExportAsync(string definitionId, string? versionOptions, DefinitionStore store, CancellationToken cancel) =>
        DefinitionEndpoints.Select(await store.ListAsync(definitionId, cancel), versionOptions ?? "Latest").FirstOrDefault() is { } version
            ? Results.File(Encoding.UTF8.GetBytes(version.Body), MediaTypeNames.Application.Json, version.DefinitionId + ".json")
            : ElsaJson.NotFound("La procédure");

    private static async Task<IResult> BulkExportAsync(HttpRequest request, DefinitionStore store, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        var versions = new List<DefinitionVersion>();
        foreach (var id in body.Texts("ids").Take(DefinitionFiles.MaxFiles))
        {
            if (await store.FindAsync(id, cancel) is { } version)
            {
                versions.Add(version);
            }
        }

        return Results.File(await DefinitionFiles.ZipAsync(versions, cancel), MediaTypeNames.Application.Zip, "procedures.zip");
    }

    private static async Task<IResult> SavedAsync(PublishOutcome outcome, Access access) => outcome switch
    {
        { Version: null } => ElsaJson.NotFound("La procédure"),
        { IsRefused: true } => ElsaJson.Refused(outcome.Problems),

        // Studio says « published » to any success.
        { Pending: not null } => ElsaJson.Problem(StatusCodes.Status409Conflict, Awaiting),
        _ => ElsaJson.Ok(new
        {
            WorkflowDefinition = await DefinitionEndpoints.ForStudioAsync(outcome.Version, access),
            AlreadyPublished = outcome.Already,
            ConsumingWorkflowCount = outcome.Consumers,
            ValidationErrors = Array.Empty<string>(),
            Warnings = outcome.Problems,
        }),
    };

    private static async Task<IResult> GuardedAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (SaveConflictException conflict)
        {
            return ElsaJson.Conflict(conflict);
        }
        catch (RuleBrokenException refused)
        {
            return ElsaJson.Problem(StatusCodes.Status409Conflict, refused.Message);
        }
        catch (InvalidDataException refused)
        {
            return ElsaJson.Problem(StatusCodes.Status400BadRequest, refused.Message);
        }
    }
}
