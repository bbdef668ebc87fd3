using System.Globalization;
using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>
/// The path of an HTTP endpoint: <c>orders/{id}</c>, <c>orders/{id:int}</c>, <c>files/{**rest}</c>, <c>orders/{id?}</c>. Literal parts are compared without
/// regard to case, as in ASP.NET.
/// </summary>
public sealed class HttpRoute
{
    /// <summary>Kind under which a path without parameters waits (key = the path itself: found at once).</summary>
    public const string LiteralKind = "http";

    /// <summary>Kind under which a path with parameters waits (all of them are compared).</summary>
    public const string TemplateKind = "http-route";

    private readonly Part[] _parts;

    private HttpRoute(string text, Part[] parts)
    {
        Text = text;
        _parts = parts;
    }

    private enum PartKind
    {
        Literal,
        Constrained,
        Parameter,
        CatchAll,
    }

    /// <summary>Without slashes at either end, literal parts in lower case.</summary>
    public string Text { get; }

    public bool IsLiteral => Array.TrueForAll(_parts, p => p.Kind == PartKind.Literal);

    public string Kind => IsLiteral ? LiteralKind : TemplateKind;

    /// <summary>Of several routes that match, the one whose precedence comes first is the most exact.</summary>
    public string Precedence => string.Concat(_parts.Select(p => (char)('0' + (int)p.Kind))) + "9";

    /// <summary>Throws <see cref="FormatException"/> with a French sentence.</summary>
    public static HttpRoute Parse(string text)
    {
        var parts = new List<Part>();
        foreach (var segment in Segments(text))
        {
            if (parts.Count > 0 && (parts[^1].Kind == PartKind.CatchAll || parts[^1].IsOptional))
            {
                throw new FormatException($"Dans le chemin « {text} », rien ne peut suivre « {{{parts[^1].Name}}} ».");
            }

            parts.Add(ReadPart(segment, text));
        }

        if (parts.Where(p => p.Kind != PartKind.Literal).GroupBy(p => p.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new FormatException($"Dans le chemin « {text} », le paramètre « {twice.Key} » est nommé deux fois.");
        }

        return new HttpRoute(string.Join('/', parts.Select(p => p.Text)), [.. parts]);
    }

    /// <summary>The key of a requested path, to compare with literal routes.</summary>
    public static string Normalize(string path) => string.Join('/', Segments(path)).ToLowerInvariant();

    /// <summary>Values of the parameters, by name and, as Elsa gives them, by name in lower case; null when the path is another one.</summary>
    public JsonObject? Match(string path)
    {
        var segments = Segments(path).ToArray();
        var values = new JsonObject();
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            if (part.Kind == PartKind.CatchAll)
            {
                Set(values, part.Name, string.Join('/', segments.Skip(i)));
                return values;
            }

            if (i >= segments.Length)
            {
                return part.IsOptional ? values : null;
            }

            if (part.Kind == PartKind.Literal ? !string.Equals(part.Text, segments[i], StringComparison.OrdinalIgnoreCase) : !Array.TrueForAll(part.Constraints, c => Fits(c, segments[i])))
            {
                return null;
            }

            if (part.Kind != PartKind.Literal)
            {
                Set(values, part.Name, segments[i]);
            }
        }

        return segments.Length > _parts.Length ? null : values;
    }

    private static void Set(JsonObject values, string name, string value)
    {
        values[name] = value;
        values[name.ToLowerInvariant()] = value;
    }

    private static IEnumerable<string> Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Part ReadPart(string segment, string text)
    {
        if (!segment.Contains('{', StringComparison.Ordinal) && !segment.Contains('}', StringComparison.Ordinal))
        {
            return new Part(PartKind.Literal, segment.ToLowerInvariant(), "", [], false);
        }

        if (segment[0] != '{' || segment[^1] != '}' || segment.Count(c => c is '{' or '}') != 2)
        {
            throw new FormatException($"Dans le chemin « {text} », « {segment} » n'est ni un mot ni un paramètre entre accolades.");
        }

        var inner = segment[1..^1];
        var catchAll = inner.StartsWith('*');
        inner = inner.TrimStart('*');
        var optional = inner.EndsWith('?');
        var pieces = inner.TrimEnd('?').Split(':');
        if (pieces[0].Length == 0 || !pieces[0].All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            throw new FormatException($"Dans le chemin « {text} », un paramètre n'a pas de nom utilisable.");
        }

        foreach (var constraint in pieces.Skip(1))
        {
            if (constraint is not ("int" or "long" or "guid" or "bool" or "decimal" or "alpha"))
            {
                throw new FormatException($"Dans le chemin « {text} », la contrainte « {constraint} » n'est pas connue (int, long, guid, bool, decimal, alpha).");
            }
        }

        return new Part(catchAll ? PartKind.CatchAll : pieces.Length > 1 ? PartKind.Constrained : PartKind.Parameter, segment, pieces[0], pieces[1..], optional);
    }

    private static bool Fits(string constraint, string value) => constraint switch
    {
        "int" => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
        "long" => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
        "guid" => Guid.TryParse(value, out _),
        "bool" => bool.TryParse(value, out _),
        "decimal" => decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        _ => value.All(char.IsAsciiLetter),
    };

    private sealed record Part(PartKind Kind, string Text, string Name, string[] Constraints, bool IsOptional);
}
