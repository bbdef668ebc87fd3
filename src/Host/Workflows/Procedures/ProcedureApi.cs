using System.Net.Mime;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>Files of procedures, and what the designer's page asks for itself.</summary>
internal static class ProcedureApi
{
    public static void AddProcedures(this IServiceCollection services)
    {
        services.AddScoped<DefinitionProblems>();
        services.AddScoped<ConsumerUpdates>();
        services.AddScoped<Publications>();
        services.AddScoped<DefinitionUsage>();
        services.AddScoped<ProcedureActs>();
        services.AddScoped<ProcedureReads>();
        services.AddScoped<Migrations>();
        services.AddScoped<Editors>();
        services.AddSingleton<DefinitionComparison>();
    }

    public static void MapProcedures(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/procedures").RequireAuthorization(Policies.ProceduresView).ExcludeFromDescription();
        files.MapGet("/{definitionId}/fichier", FileAsync);
        files.MapGet("/archive", ArchiveAsync);
        files.MapGet("/{definitionId}/copies/{id:guid}", CopyAsync).RequireAuthorization(Policies.ProceduresEdit);
        app.MapPost("/api/v1/procedures/{definitionId}/editors", EditorsAsync).RequireAuthorization(Policies.ProceduresEdit).AddEndpointFilter<SameOriginFilter>();
    }

    /// <summary>One version as a file; the latest when none is named.</summary>
    private static async Task<IResult> FileAsync(string definitionId, int? version, DefinitionStore store, CancellationToken cancel) =>
        (await store.ListAsync(definitionId, cancel)).FirstOrDefault(found => version is null ? found.IsLatest : found.Version == version) is { } one
            ? Results.File(Encoding.UTF8.GetBytes(one.Body), MediaTypeNames.Application.Json, one.DefinitionId + ".json")
            : Results.NotFound();

    /// <summary>What is in force, of several procedures (<c>?id=…&amp;id=…</c>) or of all; the draft of what was never published.</summary>
    private static async Task<IResult> ArchiveAsync(HttpRequest request, DefinitionStore store, CancellationToken cancel)
    {
        var wanted = request.Query["id"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        var versions = (await store.ListAsync(null, cancel)).Where(version => wanted.Count == 0 || wanted.Contains(version.DefinitionId))
            .GroupBy(version => version.DefinitionId).Select(versions => versions.OrderByDescending(version => version.IsPublished).First()).Take(DefinitionFiles.MaxFiles).ToList();
        return versions.Count == 0 ? Results.NotFound() : Results.File(await DefinitionFiles.ZipAsync(versions, cancel), MediaTypeNames.Application.Zip, "procedures.zip");
    }

    /// <summary>What somebody typed and could not save because another had.</summary>
    private static async Task<IResult> CopyAsync(string definitionId, Guid id, MonOpcoDbContext database, CancellationToken cancel) =>
        await database.Set<WorkflowDraftCopyRow>().AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.DefinitionId == definitionId, cancel) is { } copy
            ? Results.File(Encoding.UTF8.GetBytes(copy.Body), MediaTypeNames.Application.Json, $"{definitionId}-copie.json")
            : Results.NotFound();

    /// <summary><c>?session=…</c>; with <c>left=true</c> the tab was closed. Answers the other open editors.</summary>
    private static async Task<IResult> EditorsAsync(string definitionId, string session, bool? left, Editors editors, Access access, TimeProvider clock, CancellationToken cancel)
    {
        if (session.Length is 0 or > 64)
        {
            return InstanceEndpoints.Malformed();
        }

        if (left == true)
        {
            await editors.LeftAsync(definitionId, session, clock.GetUtcNow().ToUniversalTime(), cancel);
            return Results.NoContent();
        }

        return ElsaJson.List(await editors.SeenAsync(definitionId, session, access.Change(), cancel));
    }
}
