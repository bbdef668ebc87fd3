namespace MonOPCO.Host.Pages.Console;

/// <summary>A piece of a briefing's sentence; with an address it is a number that opens its list.</summary>
public sealed record BriefingPart(string Text, string? Url = null);

/// <summary>A sentence of the morning briefing. Tones: <c>danger</c>, <c>warning</c>, <c>info</c>, <c>neutral</c>.</summary>
public sealed record BriefingLine(string Tone, string Icon, params BriefingPart[] Parts);

/// <summary>One number of the dashboard.</summary>
/// <param name="Code">Stable; part of the ids in the page.</param>
/// <param name="Label">What it counts.</param>
/// <param name="Value">As people read it.</param>
/// <param name="Definition">How it is made, in a sentence.</param>
/// <param name="Url">The list of exactly what was counted; null when it is no count of dossiers.</param>
/// <param name="Note">Comparison or unit, under the number.</param>
public sealed record Figure(string Code, string Label, string Value, string Definition, string? Url = null, string? Note = null);

/// <summary>Something that wants doing today.</summary>
public sealed record BoardAlert(string Tone, string Icon, string Label, long Count, string Url, string Explanation);

/// <summary>A number the house has promised itself. <paramref name="Reached"/>: null while nothing can be said.</summary>
public sealed record Metric(string Code, string Label, string Value, string Target, bool? Reached, string Definition);

public enum ChartShape
{
    Line,
    Bars,
    Donut,
}

/// <summary>One value of a chart; <paramref name="Shown"/> is <paramref name="Value"/> as people read it.</summary>
public sealed record ChartPoint(string Label, decimal Value, string Shown, string? Url);

/// <summary>A chart is drawn from its own table, which is always there.</summary>
public sealed record Chart(string Code, string Title, ChartShape Shape, string LabelHeading, string ValueHeading, IReadOnlyList<ChartPoint> Points, string? Sentence = null);
