using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tests.Tasks;

/// <summary>Claims, decisions that may be taken back, hand-overs, absences and escalation, also when many act at once.</summary>
public sealed class DecisionTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);
    private static readonly TaskOutcome[] Outcomes = [new("Valider", "Valider", "success"), new("Refuser", "Refuser", "danger", RequiresReason: true)];

    [Fact]
    public async Task Claim_SixtyFourAtOnce_OneWinsAndTheOthersAreToldWho()
    {
        var task = await CreateAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => TryAsync(x => x.ClaimAsync(task.Id, By($"Agent {i}"), default), $"Agent {i}")));
        var winner = Assert.Single(results, x => x.StartsWith("Agent", StringComparison.Ordinal));
        Assert.Equal(63, results.Count(x => x == "lost to " + winner));
        Assert.Equal(winner, (await ReadAsync(task.Id)).AssigneeName);
        Assert.Equal(1, await fixture.InDbAsync(db => db.AuditEntries.CountAsync(x => x.SubjectId == task.Id.ToString() && x.Action == "Claimed")));
    }

    [Fact]
    public async Task Decide_IsGoneFromEveryListAtOnceAndBackAfterUndo()
    {
        var role = $"role-{Guid.NewGuid():N}";
        var task = await CreateAsync(x => x with { CandidateRole = role });
        var (nadia, karim) = (By("Nadia"), By("Karim"));
        var (mine, colleague) = (new InboxKeys(nadia.UserId, [role]), new InboxKeys(karim.UserId, [role]));
        await DecideAsync(task.Id, "Valider", nadia);
        foreach (var keys in new[] { mine, colleague })
        {
            Assert.All(await CountsAsync(keys), x => Assert.Equal(0, x.Value));
        }

        Assert.Contains("vient d’être traitée par Nadia", (await Assert.ThrowsAsync<TaskTakenException>(() => DecideAsync(task.Id, "Refuser", karim, "trop tard"))).Message);
        Assert.Equal("undo-other", (await Assert.ThrowsAsync<RuleBrokenException>(() => UndoAsync(task.Id, karim))).Code);
        await UndoAsync(task.Id, nadia);
        Assert.Equal((1, 1), ((await CountsAsync(mine))[InboxList.Mine], (await CountsAsync(colleague))[InboxList.Team]));
        var open = await ReadAsync(task.Id);
        Assert.Equal((HumanTaskStatus.Open, null, null, "Nadia"), (open.Status, open.Outcome, open.CompletedByName, open.AssigneeName));
        Assert.Equal("undo-late", (await Assert.ThrowsAsync<RuleBrokenException>(() => UndoAsync(task.Id, nadia))).Code);
        Assert.Equal(["Created", "Decided", "Undone"], await fixture.InDbAsync(db => db.AuditEntries.Where(x => x.SubjectId == task.Id.ToString()).OrderBy(x => x.Id).Select(x => x.Action).ToListAsync()));
    }

    /// <summary>Undo and application race on the same row: exactly one of them happens, whoever it is.</summary>
    [Fact]
    public async Task UndoAgainstApplication_ExactlyOneHappens()
    {
        var nadia = By("Nadia");
        for (var round = 0; round < 20; round++)
        {
            var task = await CreateAsync();
            var decision = await DecideAsync(task.Id, "Valider", nadia);
            var applied = Task.Run(() => TryAsync(async x => await x.CompleteAsync(task.Id, decision.Answer, nadia, default, decision), "applied"));
            var again = Task.Run(() => TryAsync(async x => await x.CompleteAsync(task.Id, decision.Answer, nadia, default, decision), "applied"));
            var undone = Task.Run(() => TryAsync(async x => await x.UndoAsync(task.Id, nadia, default), "undone"));
            var results = await Task.WhenAll(applied, again, undone);
            var happened = Assert.Single(results, x => x is "applied" or "undone");
            Assert.Equal(happened == "applied" ? HumanTaskStatus.Completed : HumanTaskStatus.Open, (await ReadAsync(task.Id)).Status);
            Assert.False(await fixture.InDbAsync(db => db.TaskDecisions.AnyAsync(x => x.TaskId == task.Id)));
        }
    }

    [Fact]
    public async Task Cancel_WhileADecisionWaits_ItsAuthorIsTold()
    {
        var task = await CreateAsync();
        var nadia = By("Nadia");
        await DecideAsync(task.Id, "Valider", nadia);
        Assert.True(await fixture.InScopeAsync<TaskService, bool>(x => x.CancelAsync(task.Id, By("Procédure"), default)));
        var notice = Assert.Single(await fixture.InDbAsync(db => db.Notices.Where(x => x.UserId == nadia.UserId).ToListAsync()));
        Assert.Contains("n’a pas été appliquée. La procédure ne l’attend plus.", notice.Text);
        Assert.Equal("undo-late", (await Assert.ThrowsAsync<RuleBrokenException>(() => UndoAsync(task.Id, nadia))).Code);
    }

    [Fact]
    public async Task Draft_NewerOfAnotherTab_IsNotOverwritten()
    {
        var task = await CreateAsync();
        var nadia = By("Nadia");
        var first = await SaveAsync(task.Id, "un", 0, nadia);
        Assert.Equal(1, first.Version);
        Assert.Equal(1, (await SaveAsync(task.Id, "un", 1, nadia)).Version);
        Assert.Equal(2, (await SaveAsync(task.Id, "deux", 1, nadia)).Version);
        var newer = await Assert.ThrowsAsync<NewerDraftException>(() => SaveAsync(task.Id, "vieux", 1, nadia));
        Assert.Equal((2, "Nadia"), (newer.Version, newer.By));
        Assert.Equal("deux", (await ReadAsync(task.Id)).Draft!["a"]!.ToString());
        Assert.Equal(3, (await SaveAsync(task.Id, "bouton", null, nadia)).Version);
    }

    [Fact]
    public async Task Reassign_FromAColleague_NeedsAReasonAndTellsBoth()
    {
        var task = await CreateAsync();
        var (nadia, karim, lea) = (By("Nadia"), By("Karim"), new StaffMember(Guid.NewGuid(), "Léa", "", [Roles.Operateur]));
        await fixture.InScopeAsync<TaskService, bool>(x => x.ClaimAsync(task.Id, nadia, default));
        Task<bool> Give(StaffMember to, ChangeContext by) => fixture.InScopeAsync<TaskService, bool>(x => x.ReassignAsync(task.Id, to, by, default));
        Assert.Equal("assignee-role", (await Assert.ThrowsAsync<RuleBrokenException>(() => Give(lea with { Roles = [Roles.Comptable] }, nadia))).Code);
        Assert.Equal("reason-missing", (await Assert.ThrowsAsync<RuleBrokenException>(() => Give(lea, karim))).Code);
        Assert.True(await Give(lea, karim with { Reason = "Nadia est en réunion" }));
        Assert.False(await Give(lea, karim with { Reason = "encore" }));
        Assert.Equal("Léa", (await ReadAsync(task.Id)).AssigneeName);
        Assert.Equal([lea.Id, nadia.UserId!.Value], (await fixture.InDbAsync(db => db.Notices.Where(x => x.Url.EndsWith(task.Id.ToString())).Select(x => x.UserId).ToListAsync())).OrderByDescending(x => x == lea.Id));
    }

    [Fact]
    public async Task Delegation_DuringTheAbsence_BothSeeAndTheDelegateCompletes()
    {
        var role = $"role-{Guid.NewGuid():N}";
        var (nadia, karim) = (By("Nadia"), By("Karim"));
        var task = await CreateAsync(x => x with { CandidateRole = role });
        await fixture.InScopeAsync<TaskService, bool>(x => x.ClaimAsync(task.Id, nadia, default));
        var today = Fr.InParis(DomainFixture.Now);
        Task<Delegation> Absent(DateOnly from, DateOnly to, Guid? whom = null) => fixture.InScopeAsync<DelegationService, Delegation>(x => x.CreateAsync(whom ?? karim.UserId!.Value, "Karim", from, to, "", nadia, default));
        Assert.Equal("delegate-self", (await Assert.ThrowsAsync<RuleBrokenException>(() => Absent(today, today, nadia.UserId))).Code);
        Assert.Equal("delegate-dates", (await Assert.ThrowsAsync<RuleBrokenException>(() => Absent(today, today.AddDays(-1)))).Code);
        await Absent(today, today.AddDays(2));
        Assert.Equal("delegate-overlap", (await Assert.ThrowsAsync<RuleBrokenException>(() => Absent(today.AddDays(2), today.AddDays(9)))).Code);

        async Task<InboxKeys> Keys(DateTimeOffset now) => new(karim.UserId, [role], StandsFor: [.. (await fixture.InScopeAsync<DelegationService, IReadOnlyList<Delegation>>(x => x.StandsForAsync(karim.UserId!.Value, now, default))).Select(x => x.UserId)]);
        Assert.Equal(1, (await CountsAsync(await Keys(DomainFixture.Now)))[InboxList.Mine]);
        Assert.Equal(1, (await CountsAsync(new InboxKeys(nadia.UserId, [role])))[InboxList.Mine]);

        // The day after the last one it has ended by itself.
        var after = DomainFixture.Now.AddDays(3);
        Assert.Equal(0, (await CountsAsync(await Keys(after)))[InboxList.Mine]);
        await Assert.ThrowsAsync<TaskTakenException>(() => DecideAsync(task.Id, "Valider", karim with { Now = after }));
        await DecideAsync(task.Id, "Valider", karim);
        Assert.Equal("Karim", (await ReadAsync(task.Id)).CompletedByName);
    }

    [Fact]
    public async Task Escalation_StepsFollowTheDeadline_OnceWhoeverLooks()
    {
        // After everything that the other tests leave to be escalated.
        var due = new DateTimeOffset(2031, 3, 5, 9, 0, 0, TimeSpan.Zero);
        var nadia = By("Nadia");
        var task = await CreateAsync(x => x with { DueAt = due });
        await fixture.InScopeAsync<TaskService, bool>(x => x.ClaimAsync(task.Id, nadia, default));
        async Task<int> LookAsync(DateTimeOffset now) => (await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var done = 0;
            while (await fixture.InScopeAsync<EscalationService, bool>(x => x.RunOneAsync(now, default)))
            {
                done++;
            }

            return done;
        }))).Sum();

        await LookAsync(due.AddMinutes(-1));
        Assert.Equal((TaskPriority.Normal, 0), ((await ReadAsync(task.Id)).Priority, (await ReadAsync(task.Id)).EscalationStep));
        Assert.Equal(1, await LookAsync(due.AddMinutes(1)));
        Assert.Equal((TaskPriority.High, 1), ((await ReadAsync(task.Id)).Priority, (await ReadAsync(task.Id)).EscalationStep));
        Assert.Equal(0, await LookAsync(due.AddMinutes(2)));

        // Seven working hours later: the next day at the same hour.
        Assert.Equal(due.AddDays(1), (await ReadAsync(task.Id)).EscalateAt);
        Assert.Equal(1, await LookAsync(due.AddDays(1)));
        Assert.Equal((TaskPriority.Urgent, 2, null), ((await ReadAsync(task.Id)).Priority, (await ReadAsync(task.Id)).EscalationStep, (await ReadAsync(task.Id)).EscalateAt));
        Assert.Equal(2, await fixture.InDbAsync(db => db.Notices.CountAsync(x => x.UserId == nadia.UserId)));
        Assert.Equal(0, await LookAsync(due.AddDays(30)));
    }

    [Fact]
    public async Task Next_LateAndPressing_ComesFirstAndSaysWhy()
    {
        var role = $"role-{Guid.NewGuid():N}";
        var me = new InboxKeys(Guid.NewGuid(), [role]);
        var now = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
        var calm = await CreateAsync(x => x with { CandidateRole = role, DueAt = now.AddDays(9) });
        var late = await CreateAsync(x => x with { CandidateRole = role, DueAt = now.AddDays(-2) });
        var urgent = await CreateAsync(x => x with { CandidateRole = role, DueAt = now.AddDays(30), Priority = TaskPriority.Urgent });
        var first = await NextAsync(me, now);
        Assert.Equal(late.Id, first!.Task.Id);
        Assert.StartsWith("En retard de 2\u00A0jours ouvrés", first.Why);
        var second = await NextAsync(me, now, late.Id);
        Assert.Equal(urgent.Id, second!.Task.Id);
        Assert.Contains("riorité urgente", second.Why);
        Assert.NotEqual(calm.Id, second.Task.Id);
        Assert.Null(await NextAsync(new InboxKeys(Guid.NewGuid(), []), now));
    }

    private static ChangeContext By(string name) => DomainFixture.Change(actor: name, userId: Guid.NewGuid());

    private Task<NextChoice?> NextAsync(InboxKeys keys, DateTimeOffset now, Guid? except = null) => fixture.InScopeAsync<NextTask, NextChoice?>(x => x.FindAsync(keys, now, default, except));

    private Task<IReadOnlyDictionary<InboxList, int>> CountsAsync(InboxKeys keys) => fixture.InScopeAsync<Inbox, IReadOnlyDictionary<InboxList, int>>(x => x.CountsAsync(keys, new InboxFilter(), DomainFixture.Now.AddYears(1), 100, default));

    private Task<SavedDraft> SaveAsync(Guid id, string text, int? seen, ChangeContext by) => fixture.InScopeAsync<TaskService, SavedDraft>(x => x.SaveDraftAsync(id, new() { ["a"] = text }, seen, by, default));

    private Task<TaskDecision> DecideAsync(Guid id, string outcome, ChangeContext by, string? reason = null) =>
        fixture.InScopeAsync<TaskService, TaskDecision>(x => x.DecideAsync(id, new CompleteTask(outcome, reason), null, Window, null, by, default));

    private Task<HumanTask> UndoAsync(Guid id, ChangeContext by) => fixture.InScopeAsync<TaskService, HumanTask>(x => x.UndoAsync(id, by, default));

    private Task<HumanTask> ReadAsync(Guid id) => fixture.InDbAsync(db => db.HumanTasks.AsNoTracking().SingleAsync(x => x.Id == id));

    private async Task<string> TryAsync(Func<TaskService, Task> act, string done)
    {
        try
        {
            await fixture.InScopeAsync<TaskService, bool>(async x =>
            {
                await act(x);
                return true;
            });
            return done;
        }
        catch (TaskTakenException taken)
        {
            return "lost to " + taken.By;
        }
        catch (RuleBrokenException broken)
        {
            return broken.Code;
        }
    }

    private Task<HumanTask> CreateAsync(Func<NewTask, NewTask>? with = null)
    {
        var task = new NewTask("essai", "Valider la demande", Outcomes) { CandidateRole = Roles.Operateur };
        return fixture.InScopeAsync<TaskService, HumanTask>(x => x.CreateAsync(with?.Invoke(task) ?? task, DomainFixture.Change(), default));
    }
}
