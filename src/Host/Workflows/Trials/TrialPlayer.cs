using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using Npgsql;

namespace MonOPCO.Host.Workflows.Trials;

/// <summary>What is played: a version, on the copy of a dossier, with a script.</summary>
public sealed record TrialPlay(string VersionId, Guid DossierId, DateTimeOffset StartsAt, IReadOnlyList<TrialAnswer> Script)
{
    public bool LetsTimePass { get; init; }
}

/// <summary>
/// Plays trials. One transaction, never committed: the copy of the dossier, whatever the in-database activities write, and the stand-ins for what effects would have brought are gone
/// when it ends, whether it ends well or not. It takes no lock that a real dossier needs, and gives up rather than wait.
/// </summary>
public sealed class TrialPlayer(IWorkflowStore store, DefinitionCache definitions, Interpreter interpreter)
{
    private const int Restarts = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <exception cref="RuleBrokenException">It cannot be played at all; the sentence says why.</exception>
    public async Task<TrialResult> PlayAsync(TrialPlay play, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(play, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RuleBrokenException("trial-time", $"L’essai a duré plus de {Limit.TotalSeconds:0} secondes : il a été arrêté.");
            }
            catch (Exception exception) when (attempt < Restarts && store.MustRestart(exception))
            {
                // A deadlock or a lost connection: nothing was kept, so it is simply played again.
            }
        }
    }

    private async Task<TrialResult> OnceAsync(TrialPlay play, CancellationToken cancellationToken)
    {
        var definition = await CompileAsync(play.VersionId, cancellationToken);
        var (instance, copy) = (Guid.NewGuid(), Guid.NewGuid());

        // Disposing without a commit rolls back.
        await using var transaction = await store.BeginAsync(cancellationToken);
        transaction.Services.GetRequiredService<DatabaseSession>().IsRehearsal = true;
        var db = transaction.Services.GetRequiredService<MonOpcoDbContext>();
        await db.Database.ExecuteSqlRawAsync("set local statement_timeout = '10s'; set local lock_timeout = '2s'; set local idle_in_transaction_session_timeout = '30s'", cancellationToken);
        if (!await new DossierCopy(db).MakeAsync(play.DossierId, copy, instance, cancellationToken))
        {
            throw new RuleBrokenException("trial-dossier", "Le dossier de cet essai n’existe plus.");
        }

        return await TrialRun.RunAsync(
            interpreter,
            definition,
            transaction,
            new DossierWorld(copy),
            new TrialSetup(instance, play.StartsAt, play.Script) { CorrelationId = copy.ToString(), Actor = "Essai", LetsTimePass = play.LetsTimePass },
            cancellationToken);
    }

    private async Task<CompiledDefinition> CompileAsync(string versionId, CancellationToken cancellationToken)
    {
        try
        {
            return await definitions.FindAsync(versionId, () => store.FindVersionAsync(versionId, cancellationToken)) ?? throw new RuleBrokenException("trial-version", "Cette version n’existe plus.");
        }
        catch (Exception exception) when (exception is not (RuleBrokenException or OperationCanceledException or NpgsqlException))
        {
            throw new RuleBrokenException("trial-version", $"Cette version ne peut pas être jouée : corrigez d’abord ce que la page de la procédure signale. {exception.Message}");
        }
    }
}

/// <summary>Scripts as they are stored.</summary>
public static class TrialScripts
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<TrialAnswer> Read(string script) => JsonSerializer.Deserialize<List<TrialAnswer>>(script, Json)!;

    public static string Write(IEnumerable<TrialAnswer> script) => JsonSerializer.Serialize(script.ToList(), Json);

    /// <summary>Typed JSON; null when it is empty.</summary>
    /// <exception cref="RuleBrokenException">It is not JSON.</exception>
    public static JsonNode? Typed(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            throw new RuleBrokenException("json", "Les données ne sont pas du JSON : vérifiez accolades, guillemets et virgules.");
        }
    }
}
