using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>Who looks, and when: relative days and « moi » depend on it.</summary>
public sealed record ListContext(DateTimeOffset Now, Guid? UserId)
{
    public DateOnly Today => Fr.InParis(Now);
}

/// <summary>Writes a <see cref="DossierQuery"/> as SQL over <c>dossiers d</c>; every value is a parameter.</summary>
internal sealed class DossierSql(ListContext context)
{
    // Still to be filed with an OPCO: otherwise the filing window says nothing.
    private static readonly string ToFile = $"d.filed_at is null and d.state = any ('{{{string.Join(',', DossierStates.Of(DossierGroup.Brouillon))}}}') and d.circuit is distinct from 'FondsPropres'";

    // More branches would cost more than they save.
    private const int MaxBranches = 14;

    internal List<NpgsqlParameter> Parameters { get; } = [];

    internal string Add(object value, NpgsqlDbType? type = null)
    {
        var parameter = new NpgsqlParameter { Value = value };
        if (type is { } known)
        {
            parameter.NpgsqlDbType = known;
        }

        Parameters.Add(parameter);
        return $"${Parameters.Count}";
    }

    /// <summary>The conditions without those on the state, and the states that may stand (null = all).</summary>
    internal (string Where, IReadOnlyList<DossierState>? States) Conditions(DossierQuery query)
    {
        HashSet<DossierState>? states = null;
        var all = new List<string>();
        all.AddRange(Words(query.Text));
        foreach (var condition in query.Conditions)
        {
            if (StatesOf(condition) is { } allowed)
            {
                states = states is null ? [.. allowed] : [.. states.Intersect(allowed)];
            }
            else
            {
                all.Add(Condition(condition));
            }
        }

        return (all.Count == 0 ? "true" : string.Join(" and ", all), states is null || states.Count == Enum.GetValues<DossierState>().Length ? null : [.. states.Order()]);
    }

    internal string Where(DossierQuery query)
    {
        var (where, states) = Conditions(query);
        return states is null ? where : $"{where} and {In(states)}";
    }

    internal string In(IReadOnlyList<DossierState> states) => states.Count == 0 ? "false" : states.Count == 1 ? $"d.state = {Add(states[0].ToString())}" : $"d.state = any ({Add(states.Select(x => x.ToString()).ToArray())})";

    /// <summary>
    /// Rows in order. Where the newest (or the longest in their state) come first, one ordered index scan per state is merged instead of one scan that would pass over all newer rows of other states.
    /// </summary>
    internal string Ordered(DossierQuery query, string columns, string? key, bool descending, string? extra, int? limit)
    {
        var (where, states) = Conditions(query);
        where = extra is null ? where : $"{where} and {extra}";
        var direction = descending ? " desc" : "";

        // What is still to be filed is few; the index by filing day would pass over every dossier ever filed before it met them.
        var shown = key == "filing_deadline" && query.Conditions.Any(x => x.Field == DossierFields.Window && x.Operator != FilterOperator.Vide) ? "filing_deadline + 0" : key;
        var order = key is null ? $"order by d.id{direction}" : $"order by d.{shown}{direction}, d.id{direction}";
        var end = limit is { } count ? $" limit {count.ToString(CultureInfo.InvariantCulture)}" : "";
        if (states is { Count: > 1 and <= MaxBranches } && key is "number_key" or "state_since" && limit is not null)
        {
            var branches = states.Select(state => $"(select {columns} from staff_dossiers d where {where} and d.state = {Add(state.ToString())} {order}{end})");
            return $"select * from ({string.Join(" union all ", branches)}) d {order}{end}";
        }

        where = states is null ? where : $"{where} and {In(states)}";
        return $"select {columns} from staff_dossiers d where {where} {order}{end}";
    }

    private static IReadOnlyList<DossierState>? StatesOf(DossierCondition condition)
    {
        IEnumerable<DossierState>? named = condition.Field.Key switch
        {
            "etat" => condition.Values.Select(Enum.Parse<DossierState>),
            "groupe" => condition.Values.SelectMany(x => DossierStates.Of(Enum.Parse<DossierGroup>(x))),
            "colonne" => condition.Values.SelectMany(x => Enum.GetValues<DossierState>().Where(s => DossierStates.Column(s) == Enum.Parse<KanbanColumn>(x))),
            _ => null,
        };
        return named is null ? null : condition.Operator == FilterOperator.Est ? [.. named.Distinct()] : [.. Enum.GetValues<DossierState>().Except(named)];
    }

    private string Condition(DossierCondition condition)
    {
        var (field, values) = (condition.Field, condition.Values);
        return condition.Operator switch
        {
            FilterOperator.Vide => Empty(field),
            FilterOperator.Rempli => $"not ({Empty(field)})",
            FilterOperator.Pas => $"not ({Any(values, x => Is(field, x))})",
            FilterOperator.Sauf => $"not ({Any(values, x => Contains(field, x))})",
            FilterOperator.Contient => $"({Any(values, x => Contains(field, x))})",
            FilterOperator.Est when field.Key != "manque" && (field.Kind is FieldKind.Choice or FieldKind.Opco or FieldKind.Person or FieldKind.Company) => OneOf(field, values),
            FilterOperator.Est => $"({Any(values, x => Is(field, x))})",
            _ => $"({Any(values, x => Compare(field, condition.Operator, x))})",
        };

        static string Any(IEnumerable<string> values, Func<string, string> write) => string.Join(" or ", values.Select(write));
    }

    private static string Empty(DossierField field) => field.Key switch
    {
        "manque" => "not " + Missing("complement") + " and not " + Missing("signature") + " and not " + Missing("opco"),
        "delai" => $"not ({ToFile} and d.filing_deadline is not null)",
        _ => $"{field.Sql} is null",
    };

    private static string Missing(string what) => what switch
    {
        "complement" => "exists (select from complements c where c.dossier_id = d.id and c.status in ('Asked', 'Rejected'))",
        "signature" => "exists (select from signature_requests s where s.dossier_id = d.id and s.status = 'Pending')",
        _ => "d.opco_slug is null",
    };

    private string OneOf(DossierField field, IReadOnlyList<string> values)
    {
        object[] given = field.Kind is FieldKind.Person or FieldKind.Company ? [.. values.Select(x => (object)User(x))] : [.. values];
        return given.Length == 1 ? $"{field.Sql} = {Add(given[0])}" : $"{field.Sql} = any ({Add(given[0] is Guid ? given.Cast<Guid>().ToArray() : given.Cast<string>().ToArray())})";
    }

    // Nobody when no person looks (a job): no dossier has this responsible person.
    private Guid User(string value) => value == "moi" ? context.UserId ?? Guid.Empty : Guid.Parse(value);

    private string Is(DossierField field, string value) => field.Kind switch
    {
        FieldKind.Choice when field.Key == "manque" => Missing(value),
        FieldKind.Choice or FieldKind.Opco => $"{field.Sql} is not distinct from {Add(value)}",
        FieldKind.Person or FieldKind.Company => $"{field.Sql} is not distinct from {Add(User(value))}",
        FieldKind.Amount or FieldKind.Count => $"{field.Sql} = {Number(value)}",
        _ => Between(field, value, value),
    };

    private string Contains(DossierField field, string value) => field.Kind == FieldKind.Company
        ? $"d.company_id in (select id from staff_companies where {string.Join(" and ", Data.SearchText.Of(value).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(x => $"search like {Add($"%{Escape(x)}%")}").DefaultIfEmpty("true"))})"
        : "(" + string.Join(" and ", Words(value).DefaultIfEmpty("true")) + ")";

    private string Compare(DossierField field, FilterOperator filterOperator, string value)
    {
        if (filterOperator == FilterOperator.Entre)
        {
            var (from, to) = DossierQuery.Range(value);
            return field.Kind switch
            {
                FieldKind.Date or FieldKind.Moment => Between(field, from, to),
                FieldKind.Days => DaysBetween(field, from, to),
                _ => "(" + string.Join(" and ", new[] { from.Length > 0 ? $"{field.Sql} >= {Number(from)}" : null, to.Length > 0 ? $"{field.Sql} <= {Number(to)}" : null }.OfType<string>()) + ")",
            };
        }

        if (field.Kind is FieldKind.Date or FieldKind.Moment)
        {
            Periods.TryParse(value, context.Today, out var first, out var after);
            return filterOperator == FilterOperator.Avant ? $"{field.Sql} < {Day(field, first)}" : $"{field.Sql} >= {Day(field, after)}";
        }

        var rises = filterOperator == FilterOperator.Sup;
        if (field.Kind != FieldKind.Days)
        {
            return $"{field.Sql} {(rises ? ">" : "<")} {Number(value)}";
        }

        var days = int.Parse(value, CultureInfo.InvariantCulture);
        return field.Key == "duree"
            ? $"{field.Sql} {(rises ? "<" : ">")} {Add(context.Now.ToUniversalTime().AddDays(-days))}"
            : $"({field.Sql} {(rises ? ">" : "<")} {Add(context.Today.AddDays(days))} and {ToFile})";
    }

    private string DaysBetween(DossierField field, string from, string to)
    {
        var (low, high) = (from.Length > 0 ? int.Parse(from, CultureInfo.InvariantCulture) : (int?)null, to.Length > 0 ? int.Parse(to, CultureInfo.InvariantCulture) : (int?)null);
        var parts = field.Key == "duree"
            ? new[] { low is { } a ? $"{field.Sql} <= {Add(context.Now.ToUniversalTime().AddDays(-a))}" : null, high is { } b ? $"{field.Sql} >= {Add(context.Now.ToUniversalTime().AddDays(-b))}" : null }
            : [low is { } c ? $"{field.Sql} >= {Add(context.Today.AddDays(c))}" : null, high is { } e ? $"{field.Sql} <= {Add(context.Today.AddDays(e))}" : null, ToFile];
        return "(" + string.Join(" and ", parts.OfType<string>()) + ")";
    }

    private string Between(DossierField field, string from, string to)
    {
        var parts = new StringBuilder();
        if (from.Length > 0 && Periods.TryParse(from, context.Today, out var first, out _))
        {
            parts.Append(CultureInfo.InvariantCulture, $"{field.Sql} >= {Day(field, first)}");
        }

        if (to.Length > 0 && Periods.TryParse(to, context.Today, out _, out var after))
        {
            parts.Append(parts.Length > 0 ? " and " : "").Append(CultureInfo.InvariantCulture, $"{field.Sql} < {Day(field, after)}");
        }

        return $"({parts})";
    }

    private string Day(DossierField field, DateOnly day) => field.Kind == FieldKind.Moment ? Add(Fr.StartInParis(day)) : Add(day);

    private string Number(string value)
    {
        DossierQuery.TryNumber(value, out var number);
        return Add(number, NpgsqlDbType.Numeric);
    }

    private IEnumerable<string> Words(string text)
    {
        foreach (var term in SearchTerm.Of(text))
        {
            yield return term.Kind switch
            {
                SearchTermKind.Number => $"d.number_key between {Add(term.From)} and {Add(term.To)}",
                SearchTermKind.Siret => $"d.company_id = any (array(select id from staff_companies where {(term.Text.Length == 14 ? "siret" : "siren")} = {Add(term.Text, NpgsqlDbType.Char)}))",
                SearchTermKind.Start => $"d.search like {Add($"% {Escape(term.Text)}%")}",
                _ => $"d.search like {Add($"%{Escape(term.Text)}%")}",
            };
        }
    }

    private static string Escape(string word) => word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
