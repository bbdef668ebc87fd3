using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Infrastructure.Tables;
using MonOPCO.Host.Pages.Dossiers;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Endpoints;

/// <summary>The list as a file: exactly the view of the address, its columns, order and filters; or the ticked rows of it.</summary>
internal static class DossierExports
{
    public static void MapDossierExports(this WebApplication app)
    {
        app.MapGet("/dossiers/export.xlsx", XlsxAsync).RequireAuthorization(Policies.Staff);
        app.MapGet("/dossiers/export.csv", CsvAsync).RequireAuthorization(Policies.Staff);
    }

    private static async Task XlsxAsync(HttpContext http, DossierList list, ListViews views, TimeProvider clock)
    {
        var (state, columns, context) = await ReadAsync(http, views, clock);

        Head(http, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", context);

        // The XML writer knows no asynchronous writing; the first bytes leave at once, and the browser shows how far the file is.
        if (http.Features.Get<IHttpBodyControlFeature>() is { } body)
        {
            body.AllowSynchronousIO = true;
        }

        await XlsxWriter.WriteAsync(http.Response.Body, "Dossiers", [.. columns.Select(x => new XlsxColumn(ListCells.Heading(x), KindOf(x), WidthOf(x)))], RowsAsync(http, state, columns, list, context, http.RequestAborted), http.RequestAborted);
    }

    private static async Task CsvAsync(HttpContext http, DossierList list, ListViews views, TimeProvider clock)
    {
        var (state, columns, context) = await ReadAsync(http, views, clock);
        Head(http, "text/csv; charset=utf-8", "csv", context);
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 1 << 16);
        await writer.WriteAsync(Csv.Line(columns.Select(ListCells.Heading)));
        await foreach (var row in RowsAsync(http, state, columns, list, context, http.RequestAborted))
        {
            await writer.WriteAsync(Csv.Line(row.Select(Text)));
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(HttpContext http, ListState state, IReadOnlyList<DossierColumn> columns, DossierList list, ListContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = http.Request.Query["ids"].Select(x => Guid.TryParse(x, out var id) ? id : (Guid?)null).OfType<Guid>().ToHashSet();
        await foreach (var row in list.StreamAsync(state.Query, context, cancellationToken))
        {
            if (chosen.Count == 0 || chosen.Contains(row.Id))
            {
                yield return [.. columns.Select(x => ListCells.Value(x, row, context.Now))];
            }
        }
    }

    private static async Task<(ListState State, IReadOnlyList<DossierColumn> Columns, ListContext Context)> ReadAsync(HttpContext http, ListViews views, TimeProvider clock)
    {
        var state = ListState.Read(http.Request.Query);
        return (state, await views.ColumnsAsync(http.User.Id(), state.Columns, http.RequestAborted), new ListContext(clock.GetUtcNow(), http.User.Id()));
    }

    private static void Head(HttpContext http, string type, string extension, ListContext context)
    {
        http.Response.ContentType = type;
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=dossiers-{context.Today:yyyy-MM-dd}.{extension}");
        http.Response.Headers.CacheControl = "no-store";
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        decimal amount => amount.ToString("0.00", CultureInfo.GetCultureInfo("fr-FR")),
        DateOnly day => Fr.Date(day),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static XlsxKind KindOf(DossierColumn column) => column.Key switch
    {
        "demande" or "accorde" or "reste" => XlsxKind.Amount,
        "duree" => XlsxKind.Whole,
        "cree" or "limite" or "depose" or "debut" => XlsxKind.Day,
        _ => XlsxKind.Text,
    };

    private static double WidthOf(DossierColumn column) => column.Key switch { "entreprise" or "beneficiaire" or "intitule" => 34, "etat" or "opco" or "type" or "manque" or "responsable" or "decision" => 22, _ => 15 };
}
