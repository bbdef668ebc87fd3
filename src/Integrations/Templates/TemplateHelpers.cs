using System.Globalization;
using HandlebarsDotNet;

namespace MonOPCO.Integrations.Templates;

/// <summary>The words that templates may use besides fields, <c>if</c>, <c>unless</c> and <c>each</c>.</summary>
internal static class TemplateHelpers
{
    /// <param name="html">True to keep each number on one line by markup; false in texts.</param>
    public static void Register(IHandlebars engine, bool html)
    {
        Number("euros", FrenchFormats.Euros);
        Number("nombre", FrenchFormats.Number);
        Number("heures", FrenchFormats.Hours);
        Text("date", text => FrenchFormats.Date(Day("date", text)), nowrap: true);
        Text("datelongue", text => FrenchFormats.LongDate(Day("datelongue", text)), nowrap: true);
        Text("horodatage", text => FrenchFormats.Timestamp(Instant(text)), nowrap: true);
        Text("siret", FrenchFormats.Siret, nowrap: true);
        Text("nda", FrenchFormats.Nda, nowrap: true);
        engine.RegisterHelper("liste", (EncodedTextWriter output, Context context, Arguments arguments) =>
            output.Write(FrenchFormats.Enumeration([.. List("liste", Argument("liste", arguments)).Select(item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? "")])));
        engine.RegisterHelper("compte", (EncodedTextWriter output, Context context, Arguments arguments) =>
            Write(output, FrenchFormats.Number(List("compte", Argument("compte", arguments)).Count), nowrap: true));
        engine.RegisterHelper("lien", (EncodedTextWriter output, Context context, Arguments arguments) => output.WriteSafeString(Link(arguments)));
        engine.RegisterHelper("si-egal", (EncodedTextWriter output, BlockHelperOptions options, Context context, Arguments arguments) =>
        {
            if (arguments.Length != 2)
            {
                throw new HelperException("si-egal", "attend deux valeurs.");
            }

            var equal = Equals(Known("si-egal", arguments[0])?.ToString(), Known("si-egal", arguments[1])?.ToString());
            if (equal)
            {
                options.Template(output, context);
            }
            else
            {
                options.Inverse(output, context);
            }
        });

        void Number(string name, Func<decimal, string> format) => engine.RegisterHelper(name, (EncodedTextWriter output, Context context, Arguments arguments) =>
            Write(output, format(Amount(name, Argument(name, arguments))), nowrap: true));

        void Text(string name, Func<string, string> format, bool nowrap) => engine.RegisterHelper(name, (EncodedTextWriter output, Context context, Arguments arguments) =>
            Write(output, format(Argument(name, arguments) as string ?? throw new HelperException(name, "attend un texte.")), nowrap));

        void Write(EncodedTextWriter output, string value, bool nowrap)
        {
            if (html && nowrap)
            {
                output.WriteSafeString("<span class=\"n\">");
                output.Write(value);
                output.WriteSafeString("</span>");
            }
            else
            {
                output.Write(value);
            }
        }
    }

    private static string Link(Arguments arguments)
    {
        var url = arguments.Length == 2 ? Known("lien", arguments[0]) as string : null;
        var label = arguments.Length == 2 ? Known("lien", arguments[1]) as string : null;
        return Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && !string.IsNullOrWhiteSpace(label) && !url!.Any(char.IsWhiteSpace)
            ? $"{MailBody.LinkStart}{label}{MailBody.LinkMiddle}{url}{MailBody.LinkEnd}"
            : throw new HelperException("lien", "attend une adresse http(s) et un libellé.");
    }

    private static object? Argument(string helper, Arguments arguments) =>
        arguments.Length == 1 ? Known(helper, arguments[0]) : throw new HelperException(helper, "attend une valeur.");

    private static object? Known(string helper, object? value) =>
        value is UndefinedBindingResult missing ? throw new HelperException(helper, $"attend le champ « {missing.Value} », absent des données.", missing.Value) : value;

    private static decimal Amount(string helper, object? value) => value switch
    {
        decimal number => number,
        int number => number,
        _ => throw new HelperException(helper, "attend un nombre."),
    };

    private static List<object?> List(string helper, object? value) => value as List<object?> ?? throw new HelperException(helper, "attend une liste.");

    private static DateOnly Day(string helper, string text) =>
        DateOnly.TryParseExact(text.Length > 10 && text[10] == 'T' ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new HelperException(helper, "attend une date AAAA-MM-JJ.");

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw new HelperException("horodatage", "attend une date et une heure ISO 8601.");
}

/// <summary>A helper met a value it cannot use.</summary>
internal sealed class HelperException(string helper, string message, string? field = null) : Exception($"« {helper} » {message}")
{
    public string? Field { get; } = field;
}
