using Microsoft.Extensions.Logging.Abstractions;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Tests;

public sealed class RepeatedWorkTests
{
    [Fact]
    public async Task Look_ThatFailsOrRunsOutOfTime_IsFollowedByTheNext()
    {
        using var work = new Work(look => look switch
        {
            1 => throw new InvalidOperationException("down"),
            2 => throw new OperationCanceledException("a command ran out of time"),
            _ => Task.CompletedTask,
        });
        await work.StartAsync(default);
        await work.Third.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(work.ExecuteTask!.IsCompleted);
        await work.StopAsync(default);
        Assert.True(work.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_DuringALook_EndsItQuietly()
    {
        using var work = new Work(_ => null);
        await work.StartAsync(default);
        await work.First.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await work.StopAsync(default);
        Assert.True(work.ExecuteTask!.IsCompletedSuccessfully);
    }

    /// <summary>A look that gives nothing waits until it is stopped.</summary>
    private sealed class Work(Func<int, Task?> look) : RepeatedWork(TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance)
    {
        private int _looks;

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Third { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task LookAsync(CancellationToken cancel)
        {
            _looks++;
            First.TrySetResult();
            if (_looks >= 3)
            {
                Third.TrySetResult();
            }

            await (look(_looks) ?? Task.Delay(Timeout.Infinite, cancel));
        }
    }
}
