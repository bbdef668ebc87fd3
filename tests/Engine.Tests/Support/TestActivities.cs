using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Engine.Tests.Support;

public enum Tone
{
    [Display(Name = "Poli")]
    Polite,
    Firm,
}

[Activity("Test.Greet", Title = "Saluer", Category = "Essais", Description = "Salue quelqu'un.")]
[Outcome("Greeted", "Salué")]
[Outcome("Ignored", "Ignoré")]
public sealed class Greet : Activity<Greet.Input, Greet.Output>
{
    public sealed record Input
    {
        [Display(Name = "Personne", Description = "Qui saluer", Order = 5)]
        public required string Who { get; init; }

        public int Times { get; init; } = 2;

        public Tone Tone { get; init; } = Tone.Polite;

        public string[] Titles { get; init; } = [];

        [Sensitive]
        public string? Secret { get; init; }

        [Editor("dropdown", Choices = ["a|Première", "b"], Source = "opcos", Default = "a")]
        public string? Choice { get; init; }
    }

    public sealed record Output(string Text, int Length, [property: JsonIgnore] byte[]? Bytes = null);

    public override Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var text = string.Join(' ', Enumerable.Repeat($"{string.Concat(input.Titles.Select(t => t + " "))}{input.Who}", input.Times));
        ActivityResult<Output> result = input.Who switch
        {
            "boom" => throw new InvalidOperationException("Boum."),
            "refused" => new ActivityResult<Output>.Failed("refused", "Refusé pour l'essai."),
            "nobody" => new ActivityResult<Output>.Done(new Output("", 0), "Ignored"),
            "odd" => new ActivityResult<Output>.Done(new Output("", 0), "Unknown"),
            _ => new ActivityResult<Output>.Done(new Output(text, text.Length, [1, 2]), "Greeted"),
        };
        return Task.FromResult(result);
    }
}

/// <summary>Waits for a stamp; asks twice.</summary>
[Activity("Test.Stamp", Title = "Tamponner", Category = "Essais")]
[Outcome("Stamped", "Tamponné")]
[Outcome("Expired", "Trop tard")]
public sealed class Stamp : Activity<Stamp.Input, Stamp.Output>
{
    public sealed record Input(string Desk, int Days = 3);

    public sealed record Output(string By);

    public override Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context) =>
        Task.FromResult<ActivityResult<Output>>(new ActivityResult<Output>.Wait("stamp", input.Desk, context.Now.AddDays(input.Days), new JsonObject { ["desk"] = input.Desk }));

    public override Task<ActivityResult<Output>> ResumeAsync(Input input, Signal signal, ActivityContext context)
    {
        ActivityResult<Output> result = (string?)signal.Payload switch
        {
            _ when signal.IsTimeout => new ActivityResult<Output>.Done(new Output("nobody"), "Expired"),
            "again" => new ActivityResult<Output>.Wait("stamp", input.Desk + "-2"),
            "boom" => throw new InvalidOperationException("Tampon cassé."),
            var by => new ActivityResult<Output>.Done(new Output($"{by} at {input.Desk}"), "Stamped"),
        };
        return Task.FromResult(result);
    }
}

/// <summary>An effect; answers as its input says.</summary>
[Activity("Test.Send", Title = "Envoyer", Category = "Essais", Kind = ActivityKind.Effect, Queue = "mail", MaxAttempts = 3)]
public sealed class Send : Activity<Send.Input, Send.Output>
{
    public sealed record Input(string To, string Answer = "done");

    public sealed record Output(string Receipt);

    public override Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        ActivityResult<Output> result = input.Answer switch
        {
            "wait" => new ActivityResult<Output>.Wait("receipt", input.To),
            "failed" => new ActivityResult<Output>.Failed("smtp-550", "Boîte inconnue."),
            _ => new ActivityResult<Output>.Done(new Output($"{input.To}/{context.IdempotencyKey.Length > 10}")),
        };
        return Task.FromResult(result);
    }

    public override Task<ActivityResult<Output>> ResumeAsync(Input input, Signal signal, ActivityContext context) =>
        Task.FromResult<ActivityResult<Output>>(new ActivityResult<Output>.Done(new Output($"{input.To}:{signal.Payload}")));
}

/// <summary>Asks to be tried again, a few times.</summary>
[Activity("Test.Busy", Title = "Occupé", Category = "Essais", MaxAttempts = 3)]
public sealed class Busy : Activity<Busy.Input, NoOutput>
{
    public sealed record Input(int FreeAtAttempt);

    public override Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context) =>
        Task.FromResult<ActivityResult<NoOutput>>(context.Attempt >= input.FreeAtAttempt
            ? new ActivityResult<NoOutput>.Done(NoOutput.Instance)
            : new ActivityResult<NoOutput>.RetryLater(TimeSpan.FromMinutes(5), "occupé"));
}
