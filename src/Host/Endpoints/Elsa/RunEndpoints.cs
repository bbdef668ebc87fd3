using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Starting, signalling and cancelling instances.</summary>
internal static class RunEndpoints
{
    /// <summary>Where programs find the id of what they started.</summary>
    private const string InstanceIdHeader = "x-elsa-workflow-instance-id";

    /// <summary>Kinds of the bookmarks of Elsa.Event and Elsa.RunTask.</summary>
    private const string EventKind = "event";
    private const string TaskKind = "task";

    public static void Map(RouteGroupBuilder api)
    {
        var owners = api.MapGroup("").RequireAuthorization(Policies.ProceduresOperate);
        owners.MapPost("/workflow-definitions/{definitionId}/execute", ExecuteAsync);
        owners.MapPost("/workflow-definitions/{definitionId}/dispatch", DispatchAsync);

        // Elsa lets programs start by GET; a browser could be made to follow such a link, so a cookie does not suffice.
        owners.MapGet("/workflow-definitions/{definitionId}/execute", (string definitionId, HttpRequest request, [AsParameters] Services services, CancellationToken cancel) =>
            SameOriginFilter.IsProgram(request)
                ? ExecuteAsync(definitionId, request, services, cancel)
                : Task.FromResult(ElsaJson.Problem(StatusCodes.Status405MethodNotAllowed, "Depuis un navigateur, une procédure se lance par POST.")));
        owners.MapPost("/events/{eventName}/trigger", TriggerAsync);
        owners.MapPost("/tasks/{taskId}/complete", CompleteTaskAsync);
        owners.MapPost("/cancel/workflow-instances/{id:guid}", CancelAsync);
        owners.MapPost("/bulk-actions/cancel/workflow-instances", BulkCancelAsync);
        owners.MapDelete("/workflow-instances/{id:guid}", DeleteAsync);
    }

    /// <summary>What these endpoints need, bound together.</summary>
    internal sealed record Services(WorkflowRuntime Runtime, DefinitionStore Store, InstanceReader Reader, Access Access);

    private static async Task<IResult> ExecuteAsync(string definitionId, HttpRequest request, [AsParameters] Services services, CancellationToken cancel)
    {
        var (refusal, instance) = await StartAsync(definitionId, request, services, cancel);
        if (instance is null)
        {
            return refusal!;
        }

        var state = InstanceDocument.State(instance, await services.Reader.Reads.BookmarksAsync(instance.Id, cancel), await services.Reader.RunsAsync(instance, cancel), await services.Reader.SightAsync());
        return ElsaJson.Ok(new { WorkflowState = state });
    }

    private static async Task<IResult> DispatchAsync(string definitionId, HttpRequest request, [AsParameters] Services services, CancellationToken cancel)
    {
        var (refusal, instance) = await StartAsync(definitionId, request, services, cancel);
        return instance is null ? refusal! : ElsaJson.Ok(new { WorkflowInstanceId = instance.Id });
    }

    private static async Task<(IResult? Refusal, WorkflowInstance? Instance)> StartAsync(string definitionId, HttpRequest request, Services services, CancellationToken cancel)
    {
        if (await ArgumentsAsync(request) is not { } arguments)
        {
            return (InstanceEndpoints.Malformed(), null);
        }

        if (await services.Store.FindPublishedAsync(definitionId, cancel) is not { } published)
        {
            return (await services.Store.FindLatestAsync(definitionId, cancel) is null
                ? ElsaJson.NotFound("La procédure")
                : ElsaJson.Problem(StatusCodes.Status409Conflict, "Cette procédure n’est pas publiée : publiez-la avant de la lancer."), null);
        }

        // Studio's « Run » means what is on the screen. A draft would act on the real world, so it is published first.
        if (arguments.Text("versionOptions") == "Latest" && !published.IsLatest)
        {
            return (ElsaJson.Problem(StatusCodes.Status409Conflict, $"Le brouillon n’est pas publié : seule la version {published.Version} peut être lancée."), null);
        }

        try
        {
            var started = await services.Runtime.StartAsync(
                new StartWorkflow(definitionId)
                {
                    Input = arguments["input"] is JsonObject input ? (JsonObject)input.DeepClone() : [],
                    CorrelationId = arguments.Text("correlationId") is { Length: > 0 } correlation ? correlation : null,
                    Name = arguments.Text("name"),
                    TriggerActivityId = arguments.Text("triggerActivityId") is { Length: > 0 } trigger ? trigger : null,
                    Actor = services.Access.Actor,
                },
                null,
                cancel);
            request.HttpContext.Response.Headers[InstanceIdHeader] = started.Instance.Id.ToString();
            return (null, started.Instance);
        }
        catch (ActivationRefusedException refused)
        {
            return (ElsaJson.Problem(StatusCodes.Status409Conflict, $"Cette procédure n’admet qu’une instance à la fois : {refused.Running} est en cours."), null);
        }
    }

    private static async Task<JsonObject?> ArgumentsAsync(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return await ElsaJson.ReadAsync(request);
        }

        var arguments = new JsonObject();
        foreach (var name in new[] { "correlationId", "name", "triggerActivityId" })
        {
            if (request.Query[name].ToString() is { Length: > 0 } value)
            {
                arguments[name] = value;
            }
        }

        try
        {
            arguments["input"] = request.Query["input"].ToString() is { Length: > 0 } input ? JsonNode.Parse(input) : null;
            return arguments;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> TriggerAsync(string eventName, HttpRequest request, [AsParameters] Services services, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        Guid? only = null;
        if (body.Text("workflowInstanceId") is { Length: > 0 } given)
        {
            if (!Guid.TryParse(given, out var id))
            {
                return ElsaJson.NotFound("L’instance");
            }

            only = id;
        }

        var correlation = body.Text("correlationId") is { Length: > 0 } text ? text : null;
        await services.Runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), EventKind, eventName, correlation, only, body["input"]?.DeepClone()), services.Access.Actor, cancel);
        return Results.Accepted();
    }

    private static async Task<IResult> CompleteTaskAsync(string taskId, HttpRequest request, [AsParameters] Services services, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        return await services.Runtime.ResumeAsync(TaskKind, taskId, body["result"]?.DeepClone(), services.Access.Actor, null, cancel) switch
        {
            ResumeOutcome.Resumed => Results.Accepted(),
            ResumeOutcome.AlreadyDone { Removed: true } => ElsaJson.Problem(StatusCodes.Status409Conflict, "La procédure n’attend plus cette tâche."),
            ResumeOutcome.AlreadyDone done => ElsaJson.Problem(StatusCodes.Status409Conflict, $"Cette tâche est déjà faite{(done.By is null ? "" : " par " + done.By)}."),
            _ => ElsaJson.NotFound("La tâche"),
        };
    }

    private static async Task<IResult> CancelAsync(Guid id, [AsParameters] Services services, CancellationToken cancel)
    {
        if (await services.Reader.FindAsync(id, cancel) is null)
        {
            return ElsaJson.NotFound("L’instance");
        }

        await services.Runtime.CancelAsync(id, "Annulée depuis le concepteur", services.Access.Actor, cancel);
        return Results.NoContent();
    }

    /// <summary>The journal of a dossier is its history: only instances without dossier may go.</summary>
    private static async Task<IResult> DeleteAsync(Guid id, MonOpcoDbContext database, [AsParameters] Services services, CancellationToken cancel)
    {
        if (await services.Reader.FindAsync(id, cancel) is not { } instance)
        {
            return ElsaJson.NotFound("L’instance");
        }

        if (Guid.TryParse(instance.CorrelationId, out var dossierId) && await database.Set<Dossier>().AnyAsync(dossier => dossier.Id == dossierId, cancel))
        {
            return ElsaJson.Problem(StatusCodes.Status409Conflict, "Cette exécution est celle d’un dossier : elle fait partie de son historique et ne se supprime pas.");
        }

        return await services.Runtime.DeleteInstanceAsync(id, cancel) ? Results.NoContent() : ElsaJson.NotFound("L’instance");
    }

    private static async Task<IResult> BulkCancelAsync(HttpRequest request, [AsParameters] Services services, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body)
        {
            return InstanceEndpoints.Malformed();
        }

        // Elsa also cancels by definition: too much at one click here.
        var ids = body.Texts("ids");
        if (ids.Length == 0)
        {
            return ElsaJson.Unsupported("Annuler toutes les instances d’une procédure");
        }

        var count = 0;
        foreach (var id in ids)
        {
            count += Guid.TryParse(id, out var instance) && await services.Runtime.CancelAsync(instance, "Annulée depuis le concepteur", services.Access.Actor, cancel) ? 1 : 0;
        }

        return ElsaJson.Ok(new { CancelledCount = count });
    }
}
