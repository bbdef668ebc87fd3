using System.Runtime.CompilerServices;
using System.Text;

namespace MonOPCO.Sandbox.Pages;

/// <summary>A piece of HTML. Built from an interpolated string in which every hole is escaped, unless it is Html itself.</summary>
public sealed class Html
{
    public static readonly Html Empty = new("");
    private readonly string text;

    private Html(string text) => this.text = text;

    public static Html Of(HtmlHandler handler) => new(handler.ToString());

    /// <summary>Trusts the text as it is: only for markup written in this project or already sanitized.</summary>
    public static Html Raw(string trusted) => new(trusted);

    public static Html If(bool condition, HtmlHandler handler) => condition ? new(handler.ToString()) : Empty;

    public static Html Join<T>(IEnumerable<T> items, Func<T, Html> render) => new(string.Concat(items.Select(item => render(item).text)));

    public override string ToString() => text;
}

[InterpolatedStringHandler]
public readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder builder = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string value) => builder.Append(value);

    public void AppendFormatted(Html value) => builder.Append(value);

    // Only what HTML needs: letters stay letters, so that the source of a page can be read and searched.
    public void AppendFormatted(string? value)
    {
        foreach (var c in value ?? "")
        {
            _ = c switch
            {
                '&' => builder.Append("&amp;"),
                '<' => builder.Append("&lt;"),
                '>' => builder.Append("&gt;"),
                '"' => builder.Append("&quot;"),
                '\'' => builder.Append("&#39;"),
                _ => builder.Append(c)
            };
        }
    }

    public void AppendFormatted(int value) => builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value}");

    public override string ToString() => builder.ToString();
}
