using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tests.Tasks;

public sealed class TaskServiceTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly TaskOutcome[] Outcomes = [new("Valider", "Valider", "success"), new("Refuser", "Refuser", "danger", RequiresReason: true)];

    [Fact]
    public async Task Claim_TenAtOnce_OneWinsAndTheOthersAreToldWho()
    {
        var task = await CreateAsync(x => x with { CandidateRole = Roles.Operateur });
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 10).Select(async i =>
        {
            try
            {
                await fixture.InScopeAsync<TaskService, bool>(x => x.ClaimAsync(task.Id, DomainFixture.Change(actor: $"Agent {i}", userId: Guid.NewGuid()), CancellationToken.None));
                return $"Agent {i}";
            }
            catch (TaskTakenException taken)
            {
                return "lost to " + taken.By;
            }
        }));
        var winner = Assert.Single(outcomes, x => x.StartsWith("Agent", StringComparison.Ordinal));
        Assert.Equal(9, outcomes.Count(x => x == "lost to " + winner));
    }

    [Fact]
    public async Task Complete_TwoAtOnce_IsDoneOnce()
    {
        var task = await CreateAsync(x => x with { CandidateRole = Roles.Operateur });
        var results = await Task.WhenAll(Enumerable.Range(1, 5).Select(async i =>
        {
            try
            {
                await CompleteAsync(task.Id, "Valider", actor: $"Agent {i}");
                return true;
            }
            catch (TaskTakenException taken)
            {
                Assert.StartsWith("Agent", taken.By, StringComparison.Ordinal);
                return false;
            }
        }));
        Assert.Single(results, x => x);
    }

    [Fact]
    public async Task Complete_OutcomeThatNeedsAReason_AsksForIt()
    {
        var task = await CreateAsync(x => x with { CandidateRole = Roles.Operateur });
        Assert.Equal("reason-missing", (await Assert.ThrowsAsync<RuleBrokenException>(() => CompleteAsync(task.Id, "Refuser"))).Code);
        Assert.Equal("outcome-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => CompleteAsync(task.Id, "Autre"))).Code);
        Assert.Equal(HumanTaskStatus.Completed, (await CompleteAsync(task.Id, "Refuser", "Hors délai")).Status);
    }

    [Fact]
    public async Task Inbox_EachKey_ShowsItsTasksInOrderOnceAndPaged()
    {
        var company = await fixture.CreateCompanyAsync();
        var user = Guid.NewGuid();
        var email = $"{user:N}@exemple.test";
        var role = $"role-{user:N}";
        var expected = new List<HumanTask>();
        for (var i = 0; i < 12; i++)
        {
            expected.Add(await CreateAsync(x => (i % 4) switch
            {
                0 => x with { CandidateRole = role, DueAt = DomainFixture.Now.AddDays(20 - i) },
                1 => x with { CandidateCompanyId = company.Id, CandidateEmail = email, DueAt = DomainFixture.Now.AddDays(i) },
                2 => x with { CandidateUserId = user },
                _ => x with { CandidateEmail = email.ToUpperInvariant(), DueAt = DomainFixture.Now },
            }));
        }

        await CreateAsync(x => x with { CandidateRole = "other" });
        var done = await CreateAsync(x => x with { CandidateRole = role });
        await CompleteAsync(done.Id, "Valider");
        var taken = await CreateAsync(x => x with { CandidateRole = role });
        await fixture.InScopeAsync<TaskService, bool>(x => x.ClaimAsync(taken.Id, DomainFixture.Change(userId: Guid.NewGuid()), CancellationToken.None));

        var keys = new InboxKeys(user, [role], company.Id, email);
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await fixture.InScopeAsync<Inbox, InboxPage>(x => x.PageAsync(keys, cursor, 5, CancellationToken.None));
            seen.AddRange(page.Rows.Select(x => x.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(expected.OrderBy(x => x.DueAt).Select(x => x.DueAt), seen.Select(id => expected.Single(x => x.Id == id).DueAt));
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Empty((await fixture.InScopeAsync<Inbox, InboxPage>(x => x.PageAsync(new InboxKeys(null, []), null, 5, CancellationToken.None))).Rows);
    }

    [Fact]
    public async Task Inbox_Plan_ReadsOneIndexPerKey()
    {
        var plan = await fixture.InDbAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlAsync($"set local enable_seqscan = off");
            var lines = await db.Database.SqlQueryRaw<string>("explain select id, due_at from human_tasks where status = 'Open' and assignee_id is null and candidate_role = 'Operateur' order by due_at, id limit 50").ToListAsync();
            return string.Join('\n', lines);
        });
        Assert.Contains("ix_human_tasks_inbox_role", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private Task<HumanTask> CreateAsync(Func<NewTask, NewTask> with) =>
        fixture.InScopeAsync<TaskService, HumanTask>(x => x.CreateAsync(with(new NewTask("essai", "Valider la demande", Outcomes)), DomainFixture.Change(), CancellationToken.None));

    private Task<HumanTask> CompleteAsync(Guid id, string outcome, string? reason = null, string actor = "Claire Martin") =>
        fixture.InScopeAsync<TaskService, HumanTask>(x => x.CompleteAsync(id, new CompleteTask(outcome, reason), DomainFixture.Change(actor: actor), CancellationToken.None));
}
