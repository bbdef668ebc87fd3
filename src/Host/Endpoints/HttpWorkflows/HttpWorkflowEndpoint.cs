using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

/// <summary>
/// One request to <c>/workflows/…</c>: finds whom it starts or resumes, hands it over, and waits for the answer as long as the instance goes on by itself.
/// </summary>
internal sealed class HttpWorkflowEndpoint(WorkflowRuntime runtime, DefinitionCache definitions, RequestReader reader, IAuthorizationService authorization, IOptions<HttpWorkflowOptions> options, ILogger<HttpWorkflowEndpoint> log)
{
    private const int Candidates = 2;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>A trigger or a bookmark that waits at this path.</summary>
    private sealed record Target(EndpointRules Rules, WorkflowTrigger? Trigger, Bookmark? Bookmark);

    public async Task<IResult?> HandleAsync(HttpContext context, string path)
    {
        var cancel = context.RequestAborted;
        var request = context.Request;
        var correlation = First(request.Headers["X-Correlation-ID"], request.Query["correlationId"]);
        var instanceText = First(request.Headers["X-Workflow-Instance-ID"], request.Query["workflowInstanceId"]);

        // As in Elsa, a caller may choose the name of an instance when it starts one, and resume it by that name.
        Guid? instanceId = instanceText is null ? null : Guid.TryParse(instanceText, out var parsed) ? parsed : StableId.Of(Guid.Empty, "http-instance\n" + instanceText);
        var (targets, route) = await FindAsync(path, instanceId, correlation, cancel);
        if (targets.Count == 0)
        {
            return ElsaJson.NotFound("L’adresse");
        }

        var accepting = targets.Where(target => target.Rules.Allows(request.Method)).ToList();
        if (accepting.Count == 0)
        {
            // Elsa answers 404, not 405: another method at the same path is another endpoint.
            context.Response.Headers.Allow = string.Join(", ", targets.SelectMany(target => target.Rules.Methods).Distinct());
            return ElsaJson.Problem(StatusCodes.Status404NotFound, $"Cette adresse n’accepte pas {request.Method}.");
        }

        // As in Elsa: what starts comes before what resumes.
        var chosen = accepting.Where(target => target.Trigger is not null).ToList() is { Count: > 0 } triggers ? triggers : accepting;
        if (chosen.Count > 1)
        {
            return Results.Json(new { errorMessage = "The call is ambiguous and matches multiple workflows.", message = "Plusieurs procédures attendent à cette adresse : précisez correlationId ou workflowInstanceId." }, ElsaJson.Options, statusCode: StatusCodes.Status500InternalServerError);
        }

        return await RefusalAsync(context, chosen[0].Rules) ?? await RunAsync(context, chosen[0], route, correlation, instanceId, cancel);
    }

    private async Task<(List<Target> Targets, JsonObject Route)> FindAsync(string path, Guid? instanceId, string? correlation, CancellationToken cancel)
    {
        var literal = await runtime.Reads.WaitingAsync(HttpRoute.LiteralKind, HttpRoute.Normalize(path), instanceId, correlation, Candidates, cancel);
        var targets = await TargetsAsync(literal, cancel);
        if (targets.Count > 0)
        {
            return (targets, []);
        }

        var keys = await runtime.Reads.WaitingKeysAsync(HttpRoute.TemplateKind, cancel);
        foreach (var route in keys.Select(HttpRoute.Parse).OrderBy(route => route.Precedence, StringComparer.Ordinal).ThenBy(route => route.Text, StringComparer.Ordinal))
        {
            if (route.Match(path) is { } values && await TargetsAsync(await runtime.Reads.WaitingAsync(HttpRoute.TemplateKind, route.Text, instanceId, correlation, Candidates, cancel), cancel) is { Count: > 0 } found)
            {
                return (found, values);
            }
        }

        return ([], []);
    }

    private async Task<List<Target>> TargetsAsync(Waiting waiting, CancellationToken cancel)
    {
        var targets = new List<Target>();
        foreach (var trigger in waiting.Triggers)
        {
            if (await definitions.FindAsync(trigger.VersionId, () => runtime.Reads.FindVersionAsync(trigger.VersionId, cancel)) is { } definition
                && definition.Triggers.FirstOrDefault(t => t.ActivityId == trigger.ActivityId) is { } info)
            {
                targets.Add(new Target(new EndpointRules(info.Inputs), trigger, null));
            }
        }

        targets.AddRange(waiting.Bookmarks.Select(bookmark => new Target(new EndpointRules(bookmark.Payload as JsonObject ?? []), null, bookmark)));
        return targets;
    }

    private async Task<IResult?> RefusalAsync(HttpContext context, EndpointRules rules)
    {
        if (!rules.RequiresSignIn && rules.Policy is null)
        {
            return null;
        }

        if (context.User.Identity?.IsAuthenticated != true)
        {
            return ElsaJson.Problem(StatusCodes.Status401Unauthorized, "Cette adresse est réservée aux personnes et programmes connectés.");
        }

        // A session cookie travels with requests that another site makes: only our own pages may use it to change something.
        if (!SameOriginFilter.IsAllowed(context.Request))
        {
            return ElsaJson.Problem(StatusCodes.Status403Forbidden, "Cette demande ne vient pas d’une page de MonOPCO : elle a été refusée.");
        }

        try
        {
            return rules.Policy is null || (await authorization.AuthorizeAsync(context.User, rules.Policy)).Succeeded ? null : ElsaJson.Problem(StatusCodes.Status403Forbidden, "Vous n’avez pas le droit d’appeler cette adresse.");
        }
        catch (InvalidOperationException)
        {
            log.LogWarning("An HTTP endpoint names the unknown policy {Policy}: it is closed.", rules.Policy);
            return ElsaJson.Problem(StatusCodes.Status403Forbidden, "Vous n’avez pas le droit d’appeler cette adresse.");
        }
    }

    private async Task<IResult?> RunAsync(HttpContext context, Target target, JsonObject route, string? correlation, Guid? chosenId, CancellationToken cancel)
    {
        var reading = await reader.ReadAsync(context.Request, target.Rules, route, cancel);
        if (reading.Signal is not { } signal)
        {
            return ElsaJson.Problem(reading.Status, reading.Reason);
        }

        var requestId = signal.Text("requestId");
        Guid instanceId;
        if (target.Trigger is { } trigger)
        {
            try
            {
                // What has begun is finished even when the caller has gone.
                var start = Start(context.Request, trigger, signal, reading.Body, correlation);
                var started = await runtime.StartAsync(start.InstanceId is null ? start with { InstanceId = chosenId } : start, null, CancellationToken.None);
                if (started.Existed && start.InstanceId is null)
                {
                    return ElsaJson.Problem(StatusCodes.Status409Conflict, "Une instance porte déjà ce nom.");
                }

                instanceId = started.Instance.Id;
                requestId = started.Existed ? null : requestId;
            }
            catch (ActivationRefusedException)
            {
                return ElsaJson.Problem(StatusCodes.Status409Conflict, "Cette procédure n’admet qu’une instance à la fois, et une instance est en cours.");
            }
        }
        else
        {
            if (await runtime.ResumeAsync(target.Bookmark!.Id, signal, "HTTP", null, CancellationToken.None) is not ResumeOutcome.Resumed resumed)
            {
                return ElsaJson.NotFound("L’adresse");
            }

            instanceId = resumed.InstanceId;
        }

        return await AnswerAsync(context, instanceId, requestId, target.Rules.Timeout, cancel);
    }

    /// <summary>A caller that repeats its request under one Idempotency-Key gets the first instance and its answer.</summary>
    private static StartWorkflow Start(HttpRequest request, WorkflowTrigger trigger, JsonObject signal, string body, string? correlation) => new(trigger.DefinitionId)
    {
        InstanceId = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 and < 200 } key
            ? StableId.Of(Guid.Empty, $"{trigger.DefinitionId}\n{trigger.ActivityId}\n{request.Method}\n{request.Path}\n{request.QueryString}\n{request.Headers.Authorization}\n{key}\n{body}")
            : null,
        TriggerActivityId = trigger.ActivityId,
        TriggerPayload = signal,
        CorrelationId = correlation,
        Actor = "HTTP",
    };

    private async Task<IResult?> AnswerAsync(HttpContext context, Guid instanceId, string? requestId, TimeSpan? timeout, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds(options.Value.AnswerWithinSeconds);
        limit = timeout is { } asked && asked < limit ? asked : limit;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await runtime.Reads.FindInstanceAsync(instanceId, cancel) is not { } instance)
            {
                return Results.Ok();
            }

            if (instance.Properties["HttpResponse"] is JsonObject answer && (requestId is null || answer.Text("requestId") == requestId))
            {
                await AnswerWriter.WriteAsync(context, answer, cancel);
                return null;
            }

            if (instance.Status == InstanceStatus.Finished || !await GoesOnAsync(instance, cancel))
            {
                AnswerWriter.Protect(context.Response);
                return instance.IncidentCount > 0 || instance.SubStatus == InstanceSubStatus.Faulted
                    ? ElsaJson.Problem(StatusCodes.Status500InternalServerError, "La procédure a rencontré un incident ; il a été enregistré.")
                    : Results.Ok();
            }

            if (Stopwatch.GetElapsedTime(started) >= limit)
            {
                AnswerWriter.Protect(context.Response);
                return Results.Accepted();
            }

            await Task.Delay(Poll, cancel);
        }
    }

    /// <summary>An answer may still come without anybody's help: something answers, and an effect, a child or a delay is under way.</summary>
    private async Task<bool> GoesOnAsync(WorkflowInstance instance, CancellationToken cancel)
    {
        var definition = await definitions.FindAsync(instance.DefinitionVersionId, () => runtime.Reads.FindVersionAsync(instance.DefinitionVersionId, cancel));
        if (definition?.AnswersHttp != true)
        {
            return false;
        }

        if (instance.SubStatus is InstanceSubStatus.Executing or InstanceSubStatus.Pending || InstanceStateView.Executions(instance).Any(execution => execution.HasEffect))
        {
            return true;
        }

        var soon = instance.UpdatedAt + TimeSpan.FromSeconds(options.Value.AnswerWithinSeconds);
        return (await runtime.Reads.BookmarksAsync(instance.Id, cancel)).Any(bookmark => bookmark.Kind is "child" || bookmark.Until <= soon);
    }

    private static string? First(params Microsoft.Extensions.Primitives.StringValues[] values) => values.Select(value => value.ToString()).FirstOrDefault(text => text.Length > 0);
}
