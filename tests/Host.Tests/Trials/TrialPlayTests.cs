using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Tasks;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Workflows.Trials;
using Npgsql;

namespace MonOPCO.Host.Tests.Trials;

/// <summary>The shipped procedures on copies of dossiers, answered by hand: the real activities on the real database, of which nothing stays.</summary>
public sealed class TrialPlayTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    private const string Bilan = "dossier-bilan-pdc";

    [Fact]
    public async Task Typed_FromNothingToTheAccord_NothingRemainsAnywhere()
    {
        var dossier = await host.CreateDossierAsync();
        var before = await CountsAsync();
        var mails = host.Mails.Count;
        var result = await PlayAsync(dossier,
        [
            Scripts.Certificate, .. Scripts.ToTheConvention, Scripts.Signs("CONVENTION", "Entreprise"), Scripts.Effect("inviter-convention"), Scripts.Signs("CONVENTION", "Beneficiaire"), Scripts.Effect("inviter-convention"),
            Scripts.Signs("CONVENTION", "Organisme"), Scripts.Effect("preuve-convention"), Scripts.Signs("MANDAT", "Entreprise"), Scripts.Effect("preuve-mandat"), .. Scripts.Files, Scripts.Effect("courriel-depose"),
            new(TrialAnswerKind.Clock),
            Scripts.Effect("relire", "Granted", new JsonObject { ["answer"] = new JsonObject { ["amount"] = 1800, ["accordNumber"] = "ACC-1", ["accordDate"] = "2026-12-01" } }),
            Scripts.Task("decision-saisie", "Accordé", new JsonObject { ["amount"] = 1800, ["accordNumber"] = "ACC-1", ["accordDate"] = "2026-12-01" }),
            Scripts.Effect("courriel-partiel"), Scripts.Task("reste", "Accepter"), Scripts.Effect("courriel-accord"),
        ]);
        Assert.True(result.End == TrialEnd.Finished, Replayed.Told(result));
        Assert.Equal(("Accorde", "600"), (result.Steps[^1].World!["state"]!.ToString(), result.Steps[^1].World!["remainder"]!.ToString().TrimEnd('0').TrimEnd('.')));

        Assert.Equal(before, await CountsAsync());
        Assert.Equal(mails, host.Mails.Count);
        var same = await host.DossierAsync(dossier.Id);
        Assert.Equal((DossierState.Brouillon, dossier.UpdatedAt), (same.State, same.UpdatedAt));
    }

    [Fact]
    public async Task Silence_OfTheEmployee_TimeSteppedByHand_IsTacitRefusalAfterTenDays()
    {
        var dossier = await host.CreateDossierAsync();
        var script = Scripts.ToTheConvention.Append(Scripts.Signs("CONVENTION", "Entreprise")).Append(Scripts.Effect("inviter-convention")).ToList();
        var waiting = await PlayAsync(dossier, script);
        var today = Fr.InParis(waiting.Now);
        Assert.Equal(Fr.StartInParis(today.AddDays(11)), waiting.NextDue);
        Assert.Equal("ConventionEnSignature", waiting.Steps[^1].World!["state"]!.ToString());

        // A day before nothing happens; at midnight after the tenth day silence is a refusal.
        Assert.Equal(TrialEnd.Waiting, (await PlayAsync(dossier, [.. script, new(TrialAnswerKind.Clock) { By = TimeSpan.FromDays(9) }])).End);
        var refused = await PlayAsync(dossier, [.. script, new(TrialAnswerKind.Clock), Scripts.Effect("courriel-tacite")]);
        Assert.True(refused.End == TrialEnd.Finished, Replayed.Told(refused));
        Assert.Equal("RefusTacite", refused.Steps[^1].World!["state"]!.ToString());
        Assert.Contains(TrialPath.Of(refused.Journal).Steps, x => x is { Activity: "attendre-convention", Outcome: "Expired" });
        Assert.Contains(refused.Steps, x => x.Timer is { ActivityId: "attendre-convention" });
    }

    [Fact]
    public async Task Effect_TypedAsFailed_TakesTheWayOfFailure()
    {
        await host.SqlAsync("insert into portal_settings (slug, mode, enabled) values ('atlas', 'Confirm', true) on conflict (slug) do update set mode = 'Confirm', enabled = true");
        var dossier = await host.CreateDossierAsync();
        var incident = await PlayAsync(dossier, [new(TrialAnswerKind.Effect) { Activity = "accuse", Code = "mail-refused", Message = "Boîte pleine." }]);
        Assert.Equal((TrialEnd.Waiting, "Boîte pleine."), (incident.End, Assert.Single(incident.Needs).Incident!.Message));

        // Retried, then answered; later the robot stops, which the procedure knows a way for.
        var stopped = await PlayAsync(dossier,
        [
            new(TrialAnswerKind.Effect) { Activity = "accuse", Code = "mail-refused", Message = "Boîte pleine." }, new(TrialAnswerKind.Retry) { Activity = "accuse" }, Scripts.Certificate, .. Scripts.ToTheConvention,
            Scripts.Signs("CONVENTION", "Entreprise"), Scripts.Effect("inviter-convention"), Scripts.Signs("CONVENTION", "Beneficiaire"), Scripts.Effect("inviter-convention"), Scripts.Signs("CONVENTION", "Organisme"),
            Scripts.Effect("preuve-convention"), Scripts.Signs("MANDAT", "Entreprise"), Scripts.Effect("preuve-mandat"), Scripts.Effect("remplir", "Stopped", new JsonObject { ["text"] = "Le portail a changé." }),
        ]);
        Assert.Equal("incident-portail", Assert.Single(stopped.Needs).Activity);
    }

    [Fact]
    public async Task Signer_WhoRefuses_AndAnAnswerOutOfPlace_AreToldApart()
    {
        var dossier = await host.CreateDossierAsync();
        var refused = await PlayAsync(dossier, [.. Scripts.ToTheConvention.Take(5), Scripts.Signs("DEVIS", "Entreprise", "declined")]);
        Assert.True(refused.End == TrialEnd.Finished, Replayed.Told(refused));
        Assert.Equal(("Abandonne", TrialEnd.Finished), (refused.Steps[^1].World!["state"]!.ToString(), refused.End));

        // A button that the task does not have.
        var wrong = await PlayAsync(dossier, [Scripts.Effect("accuse"), Scripts.Task("valider", "Peut-être")]);
        Assert.Contains("pas prévue", wrong.Steps[^1].Refused);
        Assert.Equal("valider", Assert.Single(wrong.Needs).Activity);
    }

    [Fact]
    public async Task SameScript_Twice_IsTheSameTrial()
    {
        var dossier = await host.CreateDossierAsync();
        var (first, second) = (await PlayAsync(dossier, Scripts.ToTheConvention), await PlayAsync(dossier, Scripts.ToTheConvention));
        Assert.Equal(TrialPath.Of(first.Journal).Steps, TrialPath.Of(second.Journal).Steps);
        Assert.Equal(first.Steps.Select(x => x.At), second.Steps.Select(x => x.At));
    }

    /// <summary>Six trials of a dossier, again and again, while its real procedure goes on: neither waits for the other, nobody fails, and the dossier knows nothing of it.</summary>
    [Fact]
    public async Task Trials_BesideTheRunningDossier_DisturbNothing()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var players = Enumerable.Range(0, 6).Select(async _ =>
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(TrialEnd.Waiting, (await PlayAsync(dossier, Scripts.ToTheConvention)).End);
            }
        }).ToList();

        // The real one, meanwhile, by its own door.
        await host.WithAsync(async (TaskDesk desk) =>
        {
            await desk.CompleteAsync(task.Id, new CompleteTask("Demander des compléments", null, new JsonObject { ["complements"] = new JsonArray(new JsonObject { ["label"] = "Le lieu", ["code"] = null }), ["comment"] = "" }), host.Change("Nadia"), null, CancellationToken.None);
            return true;
        });
        for (var i = 0; i < 10; i++)
        {
            await host.WithAsync((DossierService x) => x.EditAsync(dossier.Id, new EditDossier { Place = $"Salle {i}" }, host.Change("Nadia"), CancellationToken.None));
        }

        await Task.WhenAll(players);
        var real = await host.DossierAsync(dossier.Id);
        Assert.Equal((DossierState.PiecesManquantes, "Salle 9"), (real.State, real.Place));
        Assert.Single(await host.WithAsync((MonOpcoDbContext x) => x.Complements.AsNoTracking().Where(c => c.DossierId == dossier.Id).ToListAsync()));
        Assert.Equal(0, await host.WithAsync((MonOpcoDbContext x) => x.Dossiers.CountAsync(d => d.Sequence < 0 || d.Numero.StartsWith("ESSAI"))));
    }

    [Fact]
    public async Task Edited_SinceItsCreation_TheCopyBeginsAsItWas_AndTheRecordEditsItAtItsTime()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        await host.WithAsync((DossierService x) => x.EditAsync(dossier.Id, new EditDossier { CostHt = 1999, Title = "Autre titre" }, host.Change("Nadia"), CancellationToken.None));
        await host.WithAsync(async (TaskDesk desk) =>
        {
            await desk.CompleteAsync(task.Id, new CompleteTask("Refuser", "Hors délai", new JsonObject { ["motif"] = "depot-tardif", ["comment"] = "" }), host.Change("Nadia"), null, CancellationToken.None);
            return true;
        });
        var instance = (await host.Services.GetRequiredService<IWorkflowReads>().FindInstanceAsync((await host.DossierAsync(dossier.Id)).WorkflowInstanceId!.Value, CancellationToken.None))!;
        var script = await host.WithAsync((DossierRecord x) => x.ReadAsync(instance, dossier.Id, CancellationToken.None));
        Assert.Equal([(DossierActs.Edit, true), (DossierActs.Task, false)], script.Where(x => x.Kind == TrialAnswerKind.Act).Select(x => (x.Act!, x.IsFact)));
        Assert.Equal("1999", script[0].Data!["costHt"]!.ToString().Split('.')[0]);

        var begun = await host.Services.GetRequiredService<TrialPlayer>().PlayAsync(new TrialPlay(instance.DefinitionVersionId, dossier.Id, instance.CreatedAt, []), CancellationToken.None);
        Assert.StartsWith("2400", begun.Steps[0].World!["requested"]!.ToString());
        var ended = await host.Services.GetRequiredService<TrialPlayer>().PlayAsync(new TrialPlay(instance.DefinitionVersionId, dossier.Id, instance.CreatedAt, script), CancellationToken.None);
        Assert.Equal("Refuse", ended.Steps[^1].World!["state"]!.ToString());
    }

    [Fact]
    public async Task Dossier_ThatIsNoMore_IsSaid()
    {
        var version = (await host.Services.GetRequiredService<DefinitionStore>().FindPublishedAsync(Bilan))!;
        var broken = await Assert.ThrowsAsync<RuleBrokenException>(() => host.Services.GetRequiredService<TrialPlayer>().PlayAsync(new TrialPlay(version.Id, Guid.NewGuid(), host.Clock.GetUtcNow(), []), CancellationToken.None));
        Assert.Contains("n’existe plus", broken.Message);
    }

    private async Task<TrialResult> PlayAsync(Dossier dossier, IEnumerable<TrialAnswer> script)
    {
        var version = (await host.Services.GetRequiredService<DefinitionStore>().FindPublishedAsync(Bilan))!;
        return await host.Services.GetRequiredService<TrialPlayer>().PlayAsync(new TrialPlay(version.Id, dossier.Id, dossier.CreatedAt, [.. script]), CancellationToken.None);
    }

    /// <summary>Rows of every table of every schema of ours.</summary>
    private async Task<IReadOnlyDictionary<string, long>> CountsAsync() => await host.WithAsync(async (DataSources sources) =>
    {
        var names = new List<string>();
        await using (var list = sources.Staff.CreateCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'keys') order by 1"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            await using NpgsqlCommand count = sources.Staff.CreateCommand($"select count(*) from {name}");
            counts[name] = (long)(await count.ExecuteScalarAsync())!;
        }

        Assert.True(counts.Count > 30, "The tables were not found.");
        return (IReadOnlyDictionary<string, long>)counts;
    });
}
