using System.Text.Json.Serialization;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>An effect whose behaviour a test gives.</summary>
[Activity("Test.Effect", Title = "Effet", Category = "Test", Kind = ActivityKind.Effect)]
public sealed class TestEffect(EffectScript script) : Activity<TestEffect.Input, TestEffect.Output>
{
    public sealed record Input
    {
        public string Text { get; init; } = "";
    }

    public sealed record Output(string Text)
    {
        [JsonIgnore]
        public byte[]? Bytes { get; init; }
    }

    public override Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context) => script.Execute(input, context);

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        await script.Record(output);
        return output;
    }
}

public sealed class EffectScript
{
    public Func<TestEffect.Input, ActivityContext, Task<ActivityResult<TestEffect.Output>>> Execute { get; set; } = (input, _) => Task.FromResult<ActivityResult<TestEffect.Output>>(Done(input.Text));

    public Func<TestEffect.Output, Task> Record { get; set; } = _ => Task.CompletedTask;

    public static EffectRunner Runner { get; } = new(new ActivityRegistry((IEnumerable<Type>)[typeof(TestEffect)], []));

    public static ActivityResult<TestEffect.Output>.Done Done(string text) => new(new TestEffect.Output(text));
}
