using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace MonOPCO.Host.Infrastructure;

/// <summary>Tables for a French spreadsheet: semicolons, UTF-8 with its mark, quotes where needed.</summary>
public static class Csv
{
    public static FileContentResult File(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, string name)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(head))
        {
            text.Append(Line(row));
        }

        return new FileContentResult([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8") { FileDownloadName = name };
    }

    /// <summary>One row with its end.</summary>
    public static string Line(IEnumerable<string> cells) => string.Join(';', cells.Select(Cell)) + "\r\n";

    // A cell that begins like a formula would be run by the spreadsheet.
    private static string Cell(string value)
    {
        var safe = value.Length > 0 && (value[0] is '=' or '+' or '-' or '@' or '\t') ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(";\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
