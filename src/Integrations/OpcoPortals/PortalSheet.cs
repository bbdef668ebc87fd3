using System.Globalization;
using System.Text.Json;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>A line of a portal's form: a value to type, or (<paramref name="File"/>) the piece to attach. <paramref name="Label"/> is the portal's own when the script names one.</summary>
public sealed record PortalLine(string Section, string? Label, string Path, string Text, string? File = null);

/// <summary>What the portal should show for a field that the script reads back; <paramref name="File"/>: the name of that piece.</summary>
public sealed record PortalExpectation(string Field, string Path, string Text, string? File = null);

/// <summary>The same script for people: what is typed where, in the portal's order and formats.</summary>
public static class PortalSheet
{
    /// <summary>Lines of the form. Sections are the landmarks of the portal (« Étape 1 sur 4 : Entreprise »).</summary>
    public static IReadOnlyList<PortalLine> Lines(PortalScript script, JsonElement data)
    {
        var lines = new List<PortalLine>();
        var section = "";
        Walk(script.Phases.GetValueOrDefault(PortalPhase.Remplir) ?? [], data, (step, row, path, index) =>
        {
            section = step.Expect?.Heading ?? section;
            if (step.Upload is not null)
            {
                lines.Add(new PortalLine(section, step.Upload.Label, "", "", step.File));
            }
            else if ((step.Fill ?? step.Select ?? step.Check) is { } target && step.Value is not null && TextOf(step, data, row) is { } text)
            {
                var label = target.Label is { } named && !named.Contains('{', StringComparison.Ordinal) ? named : null;
                lines.Add(new PortalLine(section, label, path, text));
            }
        });
        return lines;
    }

    /// <summary>Field by field what should be read back, under the names of the run's values.</summary>
    public static IReadOnlyList<PortalExpectation> Expectations(PortalScript script, JsonElement data)
    {
        var expected = new List<PortalExpectation>();
        Walk(script.Phases.GetValueOrDefault(PortalPhase.Relire) ?? [], data, (step, row, path, index) =>
        {
            if (step is { Read: not null, As: { } name })
            {
                var text = step.Value is null ? "" : TextOf(step, data, row) ?? "";
                expected.Add(new PortalExpectation(PortalHosts.Number(name, index), path, PortalValues.Clean(step.Format, text), step.File));
            }
        });
        return expected;
    }

    private static void Walk(PortalStep[] steps, JsonElement data, Action<PortalStep, JsonElement?, string, int> visit, JsonElement? row = null, string prefix = "", int index = 0)
    {
        foreach (var step in steps)
        {
            if (step.If is { } condition && !PortalValues.HasValue(data, row, condition))
            {
                continue;
            }

            if (step.Repeat is { } list)
            {
                var rows = PortalValues.Find(data, row, list) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray().ToArray() : [];
                for (var i = 0; i < rows.Length; i++)
                {
                    Walk(step.Steps ?? [], data, visit, rows[i], string.Create(CultureInfo.InvariantCulture, $"{list}.{i}."), i);
                }
            }
            else
            {
                var path = step.Value is { } value && value.StartsWith("./", StringComparison.Ordinal) ? prefix + value[2..] : step.Value ?? "";
                visit(step, row, path, index);
            }
        }
    }

    private static string? TextOf(PortalStep step, JsonElement data, JsonElement? row)
    {
        try
        {
            return PortalValues.Find(data, row, step.Value!) is null ? "" : PortalValues.Text(step, data, row);
        }
        catch (PortalScriptException)
        {
            // A code the script does not translate: a person still sees the field, empty.
            return "";
        }
    }
}
