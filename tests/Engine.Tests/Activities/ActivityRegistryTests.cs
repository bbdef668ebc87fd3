using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Tests.Support;

namespace MonOPCO.Engine.Tests.Activities;

public class ActivityRegistryTests
{
    [Fact]
    public void Descriptor_OfAnActivity_TellsTheDesignerEverything()
    {
        var greet = new ActivityRegistry([typeof(Greet)], []).Find("Test.Greet", 1)!;
        Assert.Equal(("Saluer", "Essais", "Salue quelqu'un."), (greet.Title, greet.Category, greet.Description));
        Assert.Equal(["Greeted", "Ignored"], greet.Ports.Select(p => p.Name));
        var inputs = greet.Inputs.ToDictionary(i => i.Name);
        Assert.Equal(("Personne", "Qui saluer", 5, "String", "singleline", true), (inputs["Who"].DisplayName, inputs["Who"].Description, inputs["Who"].Order, inputs["Who"].TypeName, inputs["Who"].UiHint, inputs["Who"].Required));
        Assert.Equal([new Choice("Polite", "Poli"), new Choice("Firm", "Firm")], inputs["Tone"].Choices);
        Assert.Equal(("String[]", "multitext"), (inputs["Titles"].TypeName, inputs["Titles"].UiHint));
        Assert.True(inputs["Secret"].IsSensitive);
        Assert.Equal(([new Choice("a", "Première"), new Choice("b", "b")], "opcos", "a"), (inputs["Choice"].Choices.ToArray(), inputs["Choice"].Source, inputs["Choice"].DefaultValue), ChoiceComparer.Instance);
        Assert.Equal(["Text", "Length"], greet.Outputs.Select(o => o.Name));
    }

    [Activity("Test.Greet", Title = "Encore", Category = "Essais")]
    private sealed class Again : Activity<Again.Input, NoOutput>
    {
        public sealed record Input;

        public override Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context) => throw new NotSupportedException();
    }

    [Activity("Test.NotOne", Title = "Pas une", Category = "Essais")]
    [Outcome("A", "A")]
    [Outcome("A", "B")]
    private sealed class TwiceTheSamePort : Activity<Again.Input, NoOutput>
    {
        public override Task<ActivityResult<NoOutput>> ExecuteAsync(Again.Input input, ActivityContext context) => throw new NotSupportedException();
    }

    [Activity("Test.TakesANodesName", Title = "Nom pris", Category = "Essais")]
    private sealed class TakesANodesName : Activity<NoInput, TakesANodesName.Output>
    {
        public sealed record Output(string Name);

        public override Task<ActivityResult<Output>> ExecuteAsync(NoInput input, ActivityContext context) => throw new NotSupportedException();
    }

    [Fact]
    public void Registry_DuplicatesAndFaults_StopStartUpListingTheKnownOnes()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new ActivityRegistry([typeof(Greet), typeof(Again), typeof(TwiceTheSamePort), typeof(TakesANodesName)], []));
        Assert.Contains("Test.Greet version 1 is declared by", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Test.NotOne: an outcome is declared twice", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Test.TakesANodesName: 'Name' is a property of every node", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Elsa.WriteLine", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Activities_GetDependenciesByConstructor()
    {
        var code = new ActivityCode(typeof(NeedsClock));
        Assert.Throws<InvalidOperationException>(() => code.Create(new Services(null)));
        Assert.IsType<NeedsClock>(code.Create(new Services(TimeProvider.System)));
    }

    [Activity("Test.NeedsClock", Title = "Horloge", Category = "Essais")]
    private sealed class NeedsClock(TimeProvider clock) : Activity<Again.Input, NoOutput>
    {
        public override Task<ActivityResult<NoOutput>> ExecuteAsync(Again.Input input, ActivityContext context) => throw new NotSupportedException(clock.ToString());
    }

    private sealed class Services(object? service) : IServiceProvider
    {
        public object? GetService(Type serviceType) => service;
    }

    private sealed class ChoiceComparer : IEqualityComparer<(Choice[], string?, string?)>
    {
        internal static ChoiceComparer Instance { get; } = new();

        public bool Equals((Choice[], string?, string?) x, (Choice[], string?, string?) y) => x.Item1.SequenceEqual(y.Item1) && x.Item2 == y.Item2 && x.Item3 == y.Item3;

        public int GetHashCode((Choice[], string?, string?) obj) => 0;
    }

    public sealed record Many
    {
        public required string Text { get; init; }

        public bool Flag { get; init; } = true;

        public int? Count { get; init; }

        public decimal Amount { get; init; }

        public DateOnly Day { get; init; }

        public DateTimeOffset? At { get; init; }

        public TimeSpan Span { get; init; }

        public Tone Tone { get; init; }

        public Guid Id { get; init; }

        public int[] Numbers { get; init; } = [];

        public IReadOnlyList<string> Names { get; init; } = ["usual"];

        public Dictionary<string, int>? Map { get; init; }
    }

    [Theory]
    [InlineData("""{"text":"a","flag":"False","count":"3","amount":"12 345,67","day":"03/02/2026","at":"2026-02-03T10:00:00Z","span":"P3D","tone":"firm","numbers":"[1,\"2\"]","names":["x"],"map":"{\"k\":1}"}""")]
    [InlineData("""{"TEXT":"a","Flag":false,"COUNT":3.0,"amount":12345.67,"day":"2026-02-03","at":"2026-02-03T10:00:00+00:00","span":"3.00:00:00","tone":1,"numbers":[1,2],"names":"[\"x\"]","map":{"k":"1"}}""")]
    public void Bind_LooseForms_GiveTheSameRecord(string json)
    {
        var many = (Many)InputBinder.For(typeof(Many)).Bind((JsonObject)JsonNode.Parse(json)!);
        Assert.Equal(("a", false, 3, 12345.67m), (many.Text, many.Flag, many.Count, many.Amount));
        Assert.Equal((new DateOnly(2026, 2, 3), new DateTimeOffset(2026, 2, 3, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(3), Tone.Firm), (many.Day, many.At, many.Span, many.Tone));
        Assert.Equal([1, 2], many.Numbers);
        Assert.Equal(["x"], many.Names);
        Assert.Equal(1, many.Map!["k"]);
    }

    [Fact]
    public void Bind_AbsentOrNull_KeepsTheRecordsDefaults()
    {
        var many = (Many)InputBinder.For(typeof(Many)).Bind((JsonObject)JsonNode.Parse("""{"text":"a","flag":null,"count":""}""")!);
        Assert.True(many.Flag);
        Assert.Null(many.Count);
        Assert.Equal(["usual"], many.Names);
    }

    [Theory]
    [InlineData("""{}""", "« Text » (Text) est obligatoire et n'a pas de valeur.")]
    [InlineData("""{"text":"a","count":"trois"}""", "« Count » (Count) n'accepte pas la valeur \"trois\" : Int32 attendu.")]
    [InlineData("""{"text":"a","tone":"rude"}""", "« Tone » (Tone) n'accepte pas la valeur \"rude\" : String attendu.")]
    public void Bind_Unusable_NamesThePropertyInFrench(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InputBindingException>(() => InputBinder.For(typeof(Many)).Bind((JsonObject)JsonNode.Parse(json)!)).Message);

    [Theory]
    [InlineData("0 8 * * MON-FRI", "2026-11-20T08:00:00Z", "2026-11-23T08:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-20T08:00:01Z", "2026-11-20T08:15:00Z")]
    [InlineData("30 0 12 1 1 *", "2026-11-20T08:00:00Z", "2027-01-01T12:00:30Z")]
    [InlineData("0 0 29 2 *", "2026-11-20T08:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 6 L * *", "2026-11-20T08:00:00Z", "2026-11-30T06:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-11-20T08:00:00Z", "2026-11-27T00:00:00Z")]
    public void Cron_Next_IsTheFirstMomentAfter(string cron, string after, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), CronSchedule.Parse(cron).Next(DateTimeOffset.Parse(after, null), TimeZoneInfo.Utc));

    [Fact]
    public void Cron_InParis_FollowsTheClockThere()
    {
        var paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 6, 0, 0, TimeSpan.Zero), CronSchedule.Parse("0 8 * * *").Next(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), paris));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 7, 0, 0, TimeSpan.Zero), CronSchedule.Parse("0 8 * * *").Next(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), paris));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("61 * * * *")]
    [InlineData("a b c d e")]
    [InlineData("5-1 * * * *")]
    public void Cron_Wrong_IsRefused(string cron) => Assert.Throws<FormatException>(() => CronSchedule.Parse(cron));
}
