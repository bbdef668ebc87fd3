using Microsoft.AspNetCore.WebUtilities;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>How the same query is shown.</summary>
public enum ListShape
{
    Table,
    Kanban,
    Matrice,
}

/// <summary>Everything that the address of a list says. What it does not say is a person's preference: the columns.</summary>
public sealed record ListState(DossierQuery Query, ListShape Shape = ListShape.Table, string? Page = null, IReadOnlyList<DossierColumn>? Columns = null, Guid? ViewId = null, IReadOnlyList<string>? Problems = null)
{
    public const string Path = "/dossiers";

    // Addresses of the first version stay good.
    private static readonly (string Name, string Filter)[] Old = [("groupe", "groupe:est:{0}"), ("etat", "etat:est:{0}"), ("opco", "opco:est:{0}"), ("type", "type:est:{0}"), ("depuis", "duree:sup:{0}"), ("depot", "delai:entre:..{0}")];

    /// <summary>The address; its page is left out unless given.</summary>
    public string Url(DossierQuery? query = null, ListShape? shape = null, string? page = null, IReadOnlyList<DossierColumn>? columns = null, string path = Path) =>
        QueryHelpers.AddQueryString(path, Pairs(query, shape, page, columns));

    /// <summary>The pairs of the address, for hidden fields of a form.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Pairs(DossierQuery? query = null, ListShape? shape = null, string? page = null, IReadOnlyList<DossierColumn>? columns = null)
    {
        foreach (var pair in (query ?? Query).Pairs())
        {
            yield return pair;
        }

        if ((shape ?? Shape) is var shown && shown != ListShape.Table)
        {
            yield return new("vue", shown.ToString().ToLowerInvariant());
        }

        if ((columns ?? Columns) is { Count: > 0 } chosen)
        {
            yield return new("cols", string.Join(',', chosen.Select(x => x.Key)));
        }

        if (ViewId is { } view)
        {
            yield return new("v", view.ToString());
        }

        if (page is not null)
        {
            yield return new("apres", page);
        }
    }

    public string UrlWithout(DossierCondition condition) => Url(Query with { Conditions = [.. Query.Conditions.Where(x => x != condition)] });

    /// <summary>By this column; again, the other way round. Dates and amounts begin with the highest.</summary>
    public string UrlSorted(DossierColumn column)
    {
        var descending = Query.Sort == column ? !Query.Descending : column.IsNumber || column.Key is "numero" or "cree" or "duree" or "depose" or "debut";
        return Url(Query with { Sort = column, Descending = descending });
    }

    public static ListState Read(IQueryCollection query)
    {
        var filters = query["f"].Concat(Old.Where(x => query[x.Name].ToString().Length > 0).Select(x => string.Format(System.Globalization.CultureInfo.InvariantCulture, x.Filter, query[x.Name].ToString())));
        var order = query["ordre"] == "anciens" ? DossierColumns.Numero.Key : query["tri"].ToString();
        var parsed = DossierQuery.Parse(query["q"].ToString() is { Length: > 0 } words ? words : query["recherche"], filters, order, out var problems);
        var columns = query["cols"].ToString() is { Length: > 0 } named ? named.Split(',').Select(DossierColumns.Find).OfType<DossierColumn>().Distinct().ToArray() : null;
        return new ListState(
            parsed, Enum.TryParse<ListShape>(query["vue"], ignoreCase: true, out var shape) && Enum.IsDefined(shape) && !char.IsAsciiDigit(query["vue"].ToString()[0]) ? shape : ListShape.Table,
            query["apres"].ToString() is { Length: > 0 } page ? page : null, columns, Guid.TryParse(query["v"], out var view) ? view : null, problems);
    }

    /// <summary>A chip as its form sends it (<c>champ</c>, <c>op</c>, <c>valeur</c>…) joins the others, in the place of the one it changes.</summary>
    public ListState WithChip(IQueryCollection form, out string? problem)
    {
        problem = null;
        if (DossierFields.Find(form["champ"]) is not { } field)
        {
            return this;
        }

        var filterOperator = form["op"].ToString();
        var values = form["valeur"].Select(x => x?.Trim()).Where(x => !string.IsNullOrEmpty(x)).Select(x => x!).ToArray();
        if (filterOperator == "entre")
        {
            values = [$"{Plain(field, form["de"])}..{Plain(field, form["a"])}"];
        }
        else if (field.Kind is FieldKind.Amount or FieldKind.Count or FieldKind.Days)
        {
            values = [.. values.Select(x => Plain(field, x))];
        }

        var text = filterOperator is "vide" or "rempli" ? $"{field.Key}:{filterOperator}" : new DossierCondition(field, FilterOperator.Est, values).ToString().Replace($"{field.Key}:est", $"{field.Key}:{filterOperator}", StringComparison.Ordinal);
        var old = form["remplace"].ToString();
        var others = Query.Conditions.Where(x => x.ToString() != old).ToList();
        if (DossierQuery.ParseCondition(text) is not { } condition)
        {
            if (values.Length > 0 && values[0] != "..")
            {
                problem = $"{field.Label} : cette valeur n’est pas comprise.";
                return this;
            }

            return this with { Query = Query with { Conditions = others } };
        }

        var at = Query.Conditions.ToList().FindIndex(x => x.ToString() == old);
        others.Insert(at < 0 ? others.Count : at, condition);
        return this with { Query = Query with { Conditions = [.. others.DistinctBy(x => x.ToString())] }, Page = null };
    }

    // « 5 000,50 » as people write it.
    private static string Plain(DossierField field, string? value) => field.Kind is FieldKind.Amount or FieldKind.Count or FieldKind.Days
        ? new string([.. (value ?? "").Where(c => !char.IsWhiteSpace(c) && c is not ('€' or '\u202F'))]).Replace(',', '.')
        : (value ?? "").Trim();
}
