using System.Globalization;

namespace MonOPCO.Sandbox.Portals;

public enum FieldKind
{
    Text, Siret, Idcc, Nda, Email, Integer, Hours, Amount, Date, SplitDate, Select, Radio, TextArea, File
}

/// <summary>
/// One input of a portal's form. `Key` is what it means (the same over all portals), `Name`, `Id` and `Label` are how this portal says it.
/// In a repeated section `{0}` and `{1}` stand for the row, counted from zero and from one.
/// </summary>
public sealed record FormField(string Key, string Name, string Id, string Label, FieldKind Kind = FieldKind.Text)
{
    public bool Required { get; init; } = true;
    public string? Help { get; init; }
    public IReadOnlyList<(string Value, string Label)> Options { get; init; } = [];

    public FormField AtRow(int row) => this with { Key = $"salaries.{row}.{Key}", Name = Fill(Name, row), Id = Fill(Id, row) };

    private static string Fill(string template, int row) =>
        template.Replace("{0}", row.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{1}", (row + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}

/// <summary>A titled group of fields; a repeated one has a row per employee, each headed by `RowTitle`.</summary>
public sealed record FormSection(string Title, IReadOnlyList<FormField> Fields)
{
    public string? RowTitle { get; init; }

    public bool Repeated => RowTitle is not null;

    public IEnumerable<FormField> Expand(int rows) => Repeated ? Enumerable.Range(0, rows).SelectMany(row => Fields.Select(f => f.AtRow(row))) : Fields;
}

/// <summary>One page of the form.</summary>
public sealed record FormStep(string Slug, string Title, IReadOnlyList<FormSection> Sections)
{
    public bool HasRows => Sections.Any(s => s.Repeated);

    public IEnumerable<FormField> Expand(int rows) => Sections.SelectMany(s => s.Expand(rows));
}
