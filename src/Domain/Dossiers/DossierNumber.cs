using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>« 2026-00001 »: the year in France, then a number that rises by one.</summary>
public static class DossierNumber
{
    public static string Format(int year, int sequence) => string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{sequence:00000}");

    public static bool TryParse(string? text, out int year, out int sequence)
    {
        (year, sequence) = (0, 0);
        var parts = (text ?? "").Trim().TrimStart('#').Split('-');
        return parts.Length == 2 && parts[0].Length == 4 && parts[1].Length >= 5
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out year)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out sequence) && sequence > 0;
    }

    /// <summary>The counter row stays locked until the end of the transaction, so take the number last.</summary>
    internal static async Task<(int Year, int Sequence)> NextAsync(MonOpcoDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var year = Fr.InParis(now).Year;
        var sequence = await db.Database
            .SqlQuery<int>($"insert into dossier_counters (year, last) values ({year}, 1) on conflict (year) do update set last = dossier_counters.last + 1 returning last as \"Value\"")
            .ToListAsync(cancellationToken);
        return (year, sequence[0]);
    }
}
