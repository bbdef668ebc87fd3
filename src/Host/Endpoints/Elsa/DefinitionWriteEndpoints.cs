using System.IO.Compression;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Changing definitions: save, publish, retract, revert, import, export, bulk actions. Process owners only.</summary>
internal static class DefinitionWriteEndpoints
{
    private const int MaxFiles = 200;
    private const long MaxFileBytes = 5_000_000;

    public static void Map(RouteGroupBuilder api)
    {
        var owners = api.MapGroup("").RequireAuthorization(Policies.ProcessOwners);
        owners.MapPost("/workflow-definitions", SaveAsync);
        owners.MapPost("/workflow-definitions/import", ImportAsync);
        owners.MapPost("/workflow-definitions/import-files", ImportFilesAsync).DisableAntiforgery();
        owners.MapPost("/workflow-definitions/{definitionId}/publish", async (string definitionId, DefinitionEditing editing, CancellationToken cancel) =>
            Saved(await editing.PublishAsync(definitionId, cancel)));
        owners.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync);
        owners.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync);
        owners.MapPost("/workflow-definitions/{definitionId}/update-references", UpdateReferencesAsync);
        owners.MapDelete("/workflow-definitions/{definitionId}", async (string definitionId, DefinitionStore store, CancellationToken cancel) => await DeleteAsync(definitionId, store, cancel));
        owners.MapDelete("/workflow-definition-versions/{versionId}", () => ElsaJson.Unsupported("Supprimer une seule version"));
        owners.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", BulkDeleteAsync);
        owners.MapPost("/bulk-actions/publish/workflow-definitions/by-definition-ids", BulkPublishAsync);
        owners.MapPost("/bulk-actions/retract/workflow-definitions/by-definition-ids", BulkRetractAsync);
        api.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        api.MapPost("/bulk-actions/export/workflow-definitions", BulkExportAsync);
    }

    private static async Task<IResult> SaveAsync(HttpRequest request, DefinitionEditing editing, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body || body["model"] is not JsonObject model)
        {
            return InstanceEndpoints.Malformed();
        }

        return await GuardedAsync(async () =>
        {
            var publish = body.Flag("publish") == true;
            var saved = await editing.SaveAsync(model, cancel, publish);
            return Saved(publish ? await editing.PublishAsync(saved.DefinitionId, cancel) : new PublishOutcome(saved, false, [], 0));
        });
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, DefinitionEditing editing, CancellationToken cancel) =>
        await ElsaJson.ReadAsync(request) is { Count: > 0 } model
            ? await GuardedAsync(async () =>
            {
                var (saved, problems) = await editing.ImportAsync([model], cancel);
                if (saved.Count == 0)
                {
                    return ElsaJson.Refused(problems);
                }

                var answer = DefinitionDocument.ForStudio(saved[0], true, true);
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
            var models = new List<JsonObject>();
            foreach (var file in form.Files)
            {
                models.AddRange(await ReadAsync(file, cancel));
            }

            var (saved, problems) = await editing.ImportAsync(models, cancel);
            return saved.Count < models.Count ? ElsaJson.Refused(problems) : ElsaJson.Ok(new { saved.Count });
        });
    }

    /// <summary>The definitions of an uploaded JSON or ZIP file. Throws <see cref="InvalidDataException"/> with a sentence for the reader.</summary>
    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(IFormFile file, CancellationToken cancel)
    {
        await using var stream = file.OpenReadStream();
        if (!file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            return [await ParseAsync(stream, file.Length, file.FileName, cancel)];
        }

        await using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var entries = archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).ToList();
        if (entries.Count > MaxFiles)
        {
            throw new InvalidDataException($"L’archive {file.FileName} contient plus de {MaxFiles} procédures.");
        }

        var found = new List<JsonObject>();
        foreach (var entry in entries)
        {
            await using var content = await entry.OpenAsync(cancel);
            found.Add(await ParseAsync(content, entry.Length, entry.FullName, cancel));
        }

        return found;
    }

    private static async Task<JsonObject> ParseAsync(Stream stream, long length, string name, CancellationToken cancel)
    {
        if (length > MaxFileBytes)
        {
            throw new InvalidDataException($"Le fichier {name} est trop grand pour une procédure.");
        }

        try
        {
            return await JsonNode.ParseAsync(stream, cancellationToken: cancel) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"Le fichier {name} n’est pas une procédure en JSON.");
        }
    }

    private static async Task<IResult> UpdateReferencesAsync(string definitionId, DefinitionStore store, ConsumerUpdates consumers, CancellationToken cancel)
    {
        if (await store.FindPublishedAsync(definitionId, cancel) is not { } published)
        {
            return ElsaJson.NotFound("La procédure");
        }

        var updated = await consumers.UpdateAsync(published, cancel);
        return ElsaJson.Ok(new { AffectedWorkflows = updated.Select(consumer => consumer.Draft.DefinitionId) });
    }

    private static async Task<IResult> RetractAsync(string definitionId, DefinitionStore store, Access access, CancellationToken cancel)
    {
        if (await store.FindLatestAsync(definitionId, cancel) is null)
        {
            return ElsaJson.NotFound("La procédure");
        }

        await store.RetractAsync(definitionId, access.Actor, cancel);
        return await DefinitionEndpoints.OneAsync(await store.FindLatestAsync(definitionId, cancel), access);
    }

    private static async Task<IResult> RevertAsync(string definitionId, int version, DefinitionStore store, Access access, CancellationToken cancel)
    {
        try
        {
            return ElsaJson.Ok(DefinitionDocument.Summary(await store.RevertAsync(definitionId, version, access.Actor, cancel), true, true));
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

        List<string> published = [], already = [], missing = [], refused = [];
        foreach (var id in body.Texts("definitionIds"))
        {
            var outcome = await editing.PublishAsync(id, cancel);
            refused.AddRange(outcome.Problems.Where(problem => problem.IsError).Select(problem => $"{outcome.Version?.Name} : {problem.Sentence}"));
            (outcome.Version is null ? missing : outcome.Already ? already : outcome.IsRefused ? [] : published).Add(id);
        }

        return refused.Count > 0
            ? ElsaJson.Problem(StatusCodes.Status400BadRequest, [.. refused])
            : ElsaJson.Ok(new { Published = published, AlreadyPublished = already, NotFound = missing, UpdatedConsumers = Array.Empty<string>() });
    }

    private static async Task<IResult> DeleteAsync(string definitionId, DefinitionStore store, CancellationToken cancel)
    {
        try
        {
            return await store.DeleteAsync(definitionId, cancel) ? Results.NoContent() : ElsaJson.NotFound("La procédure");
        }
        catch (DefinitionInUseException used)
        {
            return ElsaJson.Problem(StatusCodes.Status409Conflict, $"{used.Running} dossiers suivent encore cette procédure : dépubliez-la pour qu’aucun nouveau ne commence, et supprimez-la quand ils seront finis.");
        }
    }

    private static async Task<IResult> BulkDeleteAsync(HttpRequest request, DefinitionStore store, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        var deleted = 0;
        foreach (var id in body.Texts("definitionIds"))
        {
            if (await DeleteAsync(id, store, cancel) is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent } and var refusal)
            {
                return refusal;
            }

            deleted++;
        }

        return ElsaJson.Ok(new { Deleted = deleted });
    }

    private static async Task<IResult> BulkRetractAsync(HttpRequest request, DefinitionStore store, Access access, CancellationToken cancel)
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
                await store.RetractAsync(id, access.Actor, cancel);
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

        using var buffer = new MemoryStream();
        await using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var id in body.Texts("ids").Take(MaxFiles))
            {
                if (await store.FindAsync(id, cancel) is { } version)
                {
                    await using var entry = await archive.CreateEntry($"{version.DefinitionId}-{version.Version}.json").OpenAsync(cancel);
                    await entry.WriteAsync(Encoding.UTF8.GetBytes(version.Body), cancel);
                }
            }
        }

        return Results.File(buffer.ToArray(), MediaTypeNames.Application.Zip, "procedures.zip");
    }

    private static IResult Saved(PublishOutcome outcome) => outcome switch
    {
        { Version: null } => ElsaJson.NotFound("La procédure"),
        { IsRefused: true } => ElsaJson.Refused(outcome.Problems),
        _ => ElsaJson.Ok(new
        {
            WorkflowDefinition = DefinitionDocument.ForStudio(outcome.Version, true, true),
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
        catch (DraftConflictException conflict)
        {
            return ElsaJson.Problem(StatusCodes.Status409Conflict, $"{conflict.Author ?? "Une autre personne"} a modifié cette procédure entre-temps. Rechargez la page avant de continuer : votre dernière modification n’a pas été enregistrée.");
        }
        catch (InvalidDataException refused)
        {
            return ElsaJson.Problem(StatusCodes.Status400BadRequest, refused.Message);
        }
    }
}
