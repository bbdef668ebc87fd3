using System.Globalization;
using System.Text;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>One chip: alternatives in <see cref="Values"/> are joined by « ou ».</summary>
public sealed record DossierCondition(DossierField Field, FilterOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary><c>etat:est:Depose,EnInstruction</c>.</summary>
    public override string ToString() => Values.Count == 0 ? $"{Field.Key}:{Code(Operator)}" : $"{Field.Key}:{Code(Operator)}:{string.Join(',', Values.Select(Escape))}";

    public static string Code(FilterOperator filterOperator) => filterOperator.ToString().ToLowerInvariant();

    private static string Escape(string value) => value.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}

/// <summary>What a list shows: words, chips joined by « et », and an order. Its written form is the query string of the list's address.</summary>
public sealed record DossierQuery
{
    public const int MaxConditions = 12;
    public const int MaxValues = 30;

    public string Text { get; init; } = "";

    public IReadOnlyList<DossierCondition> Conditions { get; init; } = [];

    public DossierColumn Sort { get; init; } = DossierColumns.Numero;

    public bool Descending { get; init; } = true;

    public bool IsFiltered => Text.Length > 0 || Conditions.Count > 0;

    public static string WriteSort(DossierColumn column, bool descending) => (descending ? "-" : "") + column.Key;

    /// <summary>The query string's pairs; the usual order is not written.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Pairs()
    {
        if (Text.Length > 0)
        {
            yield return new("q", Text);
        }

        foreach (var condition in Conditions)
        {
            yield return new("f", condition.ToString());
        }

        if (Sort != DossierColumns.Numero || !Descending)
        {
            yield return new("tri", WriteSort(Sort, Descending));
        }
    }

    /// <summary>Reads an address. What cannot be understood is left out and named in <paramref name="problems"/>.</summary>
    public static DossierQuery Parse(string? text, IEnumerable<string?> filters, string? sort, out IReadOnlyList<string> problems)
    {
        var (wrong, conditions) = (new List<string>(), new List<DossierCondition>());
        foreach (var filter in filters.Where(x => !string.IsNullOrWhiteSpace(x)))
        {
            if (ParseCondition(filter!) is { } condition && conditions.Count < MaxConditions)
            {
                if (!conditions.Any(x => x.ToString() == condition.ToString()))
                {
                    conditions.Add(condition);
                }
            }
            else
            {
                wrong.Add(filter!.Length > 80 ? filter[..80] + "…" : filter);
            }
        }

        var column = DossierColumns.Find(sort?.TrimStart('-'));
        if (!string.IsNullOrEmpty(sort) && column?.Sql is null)
        {
            wrong.Add($"tri={sort}");
            column = null;
        }

        problems = wrong;
        var words = (text ?? "").Trim();
        return new DossierQuery
        {
            Text = words.Length > 100 ? words[..100] : words,
            Conditions = conditions,
            Sort = column ?? DossierColumns.Numero,
            Descending = column is null || sort![0] == '-',
        };
    }

    public static DossierCondition? ParseCondition(string filter)
    {
        var parts = filter.Split(':', 3);
        if (DossierFields.Find(parts[0]) is not { } field || parts.Length < 2
            || field.Operators.Cast<FilterOperator?>().FirstOrDefault(x => DossierCondition.Code(x!.Value) == parts[1]) is not { } filterOperator)
        {
            return null;
        }

        if (filterOperator is FilterOperator.Vide or FilterOperator.Rempli)
        {
            return parts.Length == 2 || parts[2].Length == 0 ? new DossierCondition(field, filterOperator, []) : null;
        }

        var values = parts.Length < 3 ? [] : parts[2].Split(',').Select(x => x.Replace("%2C", ",", StringComparison.OrdinalIgnoreCase).Replace("%25", "%", StringComparison.Ordinal).Trim()).Where(x => x.Length > 0).Distinct().ToArray();
        return values.Length is > 0 and <= MaxValues && values.All(x => IsValue(field, filterOperator, x)) ? new DossierCondition(field, filterOperator, values) : null;
    }

    /// <summary>Both ends of <c>a..b</c>; one may be missing.</summary>
    internal static (string From, string To) Range(string value)
    {
        var at = value.IndexOf("..", StringComparison.Ordinal);
        return at < 0 ? (value, "") : (value[..at], value[(at + 2)..]);
    }

    internal static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && Math.Abs(number) < 1_000_000_000;

    private static bool IsValue(DossierField field, FilterOperator filterOperator, string value)
    {
        if (filterOperator == FilterOperator.Entre)
        {
            var (from, to) = Range(value);
            return value.Contains("..", StringComparison.Ordinal) && from.Length + to.Length > 0 && new[] { from, to }.Where(x => x.Length > 0).All(x => IsSingle(field, filterOperator, x));
        }

        return IsSingle(field, filterOperator, value);
    }

    private static bool IsSingle(DossierField field, FilterOperator filterOperator, string value) => field.Kind switch
    {
        FieldKind.Text => value.Length <= 100,
        FieldKind.Choice => field.Choices.Any(x => x.Code == value),
        FieldKind.Opco => value.Length <= 40 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'),
        FieldKind.Company => filterOperator is FilterOperator.Contient or FilterOperator.Sauf ? value.Length <= 100 : Guid.TryParse(value, out _),
        FieldKind.Person => value == "moi" || Guid.TryParse(value, out _),
        FieldKind.Amount => TryNumber(value, out _),
        FieldKind.Count or FieldKind.Days => TryNumber(value, out var number) && number == decimal.Truncate(number) && Math.Abs(number) < 10_000,
        _ => Periods.TryParse(value, new DateOnly(2026, 1, 1), out _, out _),
    };
}

/// <summary>The words of a search, each with its meaning.</summary>
public sealed record SearchTerm(SearchTermKind Kind, string Text, long From = 0, long To = 0)
{
    /// <summary>
    /// « 2026-00012 » (or its beginning) is a number, nine or fourteen digits a SIREN or SIRET, one or two letters the beginning of a word, anything longer a part of one. All must match.
    /// </summary>
    public static IReadOnlyList<SearchTerm> Of(string? text)
    {
        var terms = new List<SearchTerm>();
        var digits = new string([.. (text ?? "").Where(c => !char.IsWhiteSpace(c) && c is not '.')]);
        if (digits.Length is 9 or 14 && digits.All(char.IsAsciiDigit))
        {
            return [new SearchTerm(SearchTermKind.Siret, digits)];
        }

        var rest = new StringBuilder();
        foreach (var word in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Number(word) is { } number)
            {
                terms.Add(number);
            }
            else
            {
                rest.Append(word).Append(' ');
            }
        }

        terms.AddRange(Data.SearchText.Of(rest.ToString()).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(10).Select(x => new SearchTerm(x.Length < 3 ? SearchTermKind.Start : SearchTermKind.Part, x)));
        return terms;
    }

    // Five digits and more are a whole number; fewer the beginning of a five-digit one.
    private static SearchTerm? Number(string word)
    {
        var parts = word.TrimStart('#').Split('-');
        if (parts.Length != 2 || parts[0].Length != 4 || parts[1].Length > 8 || !parts[0].All(char.IsAsciiDigit) || !parts[1].All(char.IsAsciiDigit))
        {
            return null;
        }

        var year = long.Parse(parts[0], CultureInfo.InvariantCulture) * 100_000_000;
        if (parts[1].Length == 0)
        {
            return new SearchTerm(SearchTermKind.Number, word, year, year + 99_999_999);
        }

        var (sequence, span) = (long.Parse(parts[1], CultureInfo.InvariantCulture), 1L);
        for (var i = parts[1].Length; i < 5; i++)
        {
            span *= 10;
        }

        return new SearchTerm(SearchTermKind.Number, word, year + (sequence * span), year + (sequence * span) + span - 1);
    }
}

public enum SearchTermKind
{
    Number,
    Siret,
    Start,
    Part,
}
