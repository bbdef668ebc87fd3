using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>The console with the real undo window; the clock is moved by hand, so nothing waits for it.</summary>
public sealed class InboxFixture : ConsoleFixture
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = "web", ["Taches:UndoWindow"] = "00:00:15" };

    /// <summary>A task of no dossier and no procedure's step, for one role.</summary>
    public Task<HumanTask> AddAsync(string title, string role = Roles.Operateur, Func<NewTask, NewTask>? with = null)
    {
        var task = new NewTask("libre", title, [new TaskOutcome("Fait", "Fait"), new TaskOutcome("Refusé", "Refusé", "danger", RequiresReason: true)]) { CandidateRole = role, DueAt = Clock.GetUtcNow().AddDays(20) };
        return WithAsync((TaskService x) => x.CreateAsync(with?.Invoke(task) ?? task, Change(), default));
    }

    public async Task<(Browser Browser, Guid Id)> PersonAsync(string name, string role = Roles.Operateur)
    {
        var user = await CreateUserAsync(role);
        await WithAsync((MonOpcoDbContext x) => x.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(p => p.DisplayName, name)));
        var browser = Visitor();
        await browser.SignInAsync(user.Email!, Password);
        return (browser, user.Id);
    }

    public static ChangeContext By(string name, Guid id, DateTimeOffset now) => new(ActorKind.Human, name, id, now);

    /// <summary>Asks until it is so; the decision worker runs on real time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> so, string what)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await so())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("In vain: " + what);
    }
}
