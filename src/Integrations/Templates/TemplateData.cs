using System.Text;
using System.Text.Json;

namespace MonOPCO.Integrations.Templates;

/// <summary>Copies JSON into dictionaries, lists, strings, decimals and booleans: the engine never meets an object that has code.</summary>
internal sealed class TemplateData(string template, TemplateOptions limits)
{
    private const int DeepestNesting = 32;
    private int _nodes;
    private int _length;

    public Dictionary<string, object?> Copy(JsonElement data) =>
        Value(data, 0) as Dictionary<string, object?> ?? throw new TemplateException(template, null, $"Le modèle « {template} » attend un objet comme données.");

    private object? Value(JsonElement element, int depth)
    {
        if (depth > DeepestNesting || ++_nodes > limits.MaxDataNodes)
        {
            throw TooLarge();
        }

        return element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => Value(m.Value, depth + 1), StringComparer.Ordinal),
            JsonValueKind.Array => element.EnumerateArray().Select(item => Value(item, depth + 1)).ToList(),
            JsonValueKind.String => Text(element.GetString()!),
            JsonValueKind.Number => element.TryGetDecimal(out var number) ? number : throw new TemplateException(template, null, $"Le modèle « {template} » reçoit un nombre hors limites."),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
    }

    private string Text(string text)
    {
        _length += text.Length;
        return _length > limits.MaxDataLength ? throw TooLarge() : Clean(text);
    }

    /// <summary>Control characters have no place in a document; the private-use marks are ours (see <see cref="MailBody"/>), data must not forge them.</summary>
    internal static string Clean(string text)
    {
        if (!text.Any(IsUnwanted))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text.Where(c => !IsUnwanted(c)))
        {
            clean.Append(c);
        }

        return clean.ToString();
    }

    private static bool IsUnwanted(char c) => (char.IsControl(c) && c is not ('\n' or '\t')) || c is >= MailBody.LinkStart and <= MailBody.LinkEnd;

    private TemplateException TooLarge() => new(template, null, $"Les données du modèle « {template} » dépassent les limites prévues.");
}

/// <summary>Stops a template that writes without end (nested loops over long lists).</summary>
internal sealed class BoundedWriter(string template, int longest) : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    public override void Write(char value)
    {
        Check(1);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Check(count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Check(buffer.Length);
        base.Write(buffer);
    }

    public override void Write(string? value)
    {
        Check(value?.Length ?? 0);
        base.Write(value);
    }

    private void Check(int more)
    {
        if (GetStringBuilder().Length + more > longest)
        {
            throw new TemplateException(template, null, $"Le modèle « {template} » produit un texte trop long.");
        }
    }
}
