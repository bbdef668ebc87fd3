using System.Text.Json;

namespace MonOPCO.Integrations.Templates;

/// <summary>
/// The body of a mail as its template writes it: paragraphs apart by an empty line, lists with « - », links by the helper <c>lien</c>.
/// Only that helper makes links (it uses marks that data cannot contain), so a text typed by a stranger never becomes a button.
/// </summary>
internal static class MailBody
{
    public const char LinkStart = '\uE000';
    public const char LinkMiddle = '\uE001';
    public const char LinkEnd = '\uE002';

    // Templates throw on a field that is absent: the kinds that a block is not are there, empty.
    private const string? None = null;

    public static (string Subject, string Body) Split(string template, string rendered)
    {
        var end = rendered.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? rendered : rendered[..end];
        if (end < 0 || !first.StartsWith("Objet:", StringComparison.Ordinal))
        {
            throw new TemplateException(template, null, $"Le modèle « {template} » doit commencer par une ligne « Objet: … ».");
        }

        return (string.Join(' ', first["Objet:".Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), rendered[(end + 1)..].Trim());
    }

    /// <summary>Blocks for the HTML layout, which escapes each text itself.</summary>
    public static List<object> Blocks(string body)
    {
        var blocks = new List<object>();
        foreach (var block in Paragraphs(body))
        {
            if (block is [var only] && only.Length > 2 && only[0] == LinkStart && only[^1] == LinkEnd)
            {
                var parts = only[1..^1].Split(LinkMiddle);
                blocks.Add(new { bouton = new { libelle = parts[0], url = parts[1] }, puces = None, lignes = None });
            }
            else if (block.All(line => line.StartsWith("- ", StringComparison.Ordinal)))
            {
                blocks.Add(new { bouton = None, puces = block.Select(line => Plain(line[2..])).ToList(), lignes = None });
            }
            else
            {
                blocks.Add(new { bouton = None, puces = None, lignes = block.Select(Plain).ToList() });
            }
        }

        return blocks;
    }

    public static string Text(string body) => string.Join("\r\n\r\n", Paragraphs(body).Select(lines => string.Join("\r\n", lines.Select(Plain)))) + "\r\n";

    public static JsonElement Layout(string subject, string body, JsonElement data) => JsonSerializer.SerializeToElement(new
    {
        objet = subject,
        blocs = Blocks(body),
        expediteur = data.TryGetProperty("expediteur", out var sender) ? sender : default(JsonElement?),
    });

    private static List<string[]> Paragraphs(string body) =>
        [.. body.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(lines => lines.Length > 0)];

    private static string Plain(string line) => line.Replace(LinkStart.ToString(), "", StringComparison.Ordinal).Replace(LinkMiddle.ToString(), " : ", StringComparison.Ordinal).Replace(LinkEnd.ToString(), "", StringComparison.Ordinal);
}
