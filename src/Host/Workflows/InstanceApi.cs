using System.Text.Json.Nodes;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Workflows;

/// <summary>What an operator does to instances, for programs: the same acts as on the instance's page. Process owners only.</summary>
internal static class InstanceApi
{
    public static void MapInstanceApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1/instances").RequireAuthorization(Policies.ProceduresOperate).AddEndpointFilter<SameOriginFilter>();
        api.MapPost("/{id:guid}/cancel", async (Guid id, HttpRequest request, WorkflowRuntime runtime, Access access, CancellationToken cancel) => await ElsaJson.ReadAsync(request) is not { } body
            ? InstanceEndpoints.Malformed()
            : Told(await runtime.CancelAsync(id, body.Text("reason") ?? "Annulée par programme", access.Actor, cancel)));
        api.MapPost("/{id:guid}/incidents/{executionId:guid}/retry", async (Guid id, Guid executionId, HttpRequest request, WorkflowRuntime runtime, Access access, CancellationToken cancel) => await ElsaJson.ReadAsync(request) is not { } body
            ? InstanceEndpoints.Malformed()
            : Told(await runtime.RetryIncidentAsync(id, executionId, body["input"] as JsonObject, access.Actor, cancel)));
        api.MapPost("/{id:guid}/incidents/{executionId:guid}/skip", async (Guid id, Guid executionId, HttpRequest request, WorkflowRuntime runtime, Access access, CancellationToken cancel) => await ElsaJson.ReadAsync(request) is not { } body
            ? InstanceEndpoints.Malformed()
            : Told(await runtime.SkipIncidentAsync(id, executionId, body.Text("outcome") ?? "Done", body["output"] as JsonObject, access.Actor, cancel)));
        api.MapPut("/{id:guid}/variables", SetVariablesAsync);
        api.MapPost("/migration", MigrateAsync);
    }

    /// <summary><c>{ "values": { name: value }, "resume": true }</c>: sets variables and, if asked, retries what stands at an incident.</summary>
    private static async Task<IResult> SetVariablesAsync(Guid id, HttpRequest request, WorkflowRuntime runtime, Access access, CancellationToken cancel)
    {
        if (await ElsaJson.ReadAsync(request) is not { } body || body["values"] is not JsonObject values)
        {
            return InstanceEndpoints.Malformed();
        }

        var told = await runtime.SetVariablesAsync(id, ValueSight.Typed(values), access.Actor, cancel);
        return Told(told && (body["resume"]?.GetValue<bool>() != true || await runtime.RetryAllAsync(id, access.Actor, cancel)));
    }

    /// <summary><c>{ "instanceIds": […], "versionId": "…", "preview": true }</c>. Without <c>preview</c> it is done, each instance for itself, and can be undone from the procedure's page.</summary>
    private static async Task<IResult> MigrateAsync(HttpRequest request, WorkflowRuntime runtime, Access access, TimeProvider clock, CancellationToken cancel)
    {
        var body = await ElsaJson.ReadAsync(request);
        var ids = body?.Texts("instanceIds").Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToArray();
        if (body?.Text("versionId") is not { } version || ids is not { Length: > 0 } || ids.Contains(Guid.Empty))
        {
            return InstanceEndpoints.Malformed();
        }

        try
        {
            return ElsaJson.List(body["preview"]?.GetValue<bool>() == true
                ? await runtime.PreviewMigrationAsync(ids, version, cancel)
                : await runtime.MigrateAsync(ids, version, access.Actor, WorkflowMoveRow.Keeper(Guid.CreateVersion7(clock.GetUtcNow()), access.Actor, clock.GetUtcNow(), null), cancel));
        }
        catch (DefinitionNotFoundException)
        {
            return ElsaJson.NotFound("La version");
        }
    }

    /// <summary>Retries every open incident of an instance.</summary>
    internal static async Task<bool> RetryAllAsync(this WorkflowRuntime runtime, Guid id, string actor, CancellationToken cancel)
    {
        if (await runtime.Reads.FindInstanceAsync(id, cancel) is not { } instance)
        {
            return false;
        }

        foreach (var incident in InstanceStateView.Incidents(instance))
        {
            await runtime.RetryIncidentAsync(id, incident.ExecutionId, null, actor, cancel);
        }

        return true;
    }

    private static IResult Told(bool done) => done ? Results.NoContent() : ElsaJson.Problem(StatusCodes.Status409Conflict, "L’exécution n’existe pas ou n’est plus en cours.");
}
