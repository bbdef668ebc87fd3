using System.Collections.Frozen;
using System.Globalization;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Companies;

internal enum IdccStatus
{
    Ferme,
    Partage,
    Ancien,
    Echappatoire,
}

internal sealed record IdccRow(string Idcc, string Label, string? Opco, IdccStatus Status, string[] OtherOpcos, string[] ReplacedBy)
{
    /// <summary>For an agreement held by one OPCO the strays of the source are noise.</summary>
    public IEnumerable<string> Opcos => (Opco is null ? [] : new[] { Opco }).Concat(Status == IdccStatus.Partage ? OtherOpcos : []);
}

internal sealed record NafRow(string Prefix, string? Opco, decimal? Share, string Reliability, string Source);

/// <summary>The correspondence tables shipped with the product (sources in Data/Reference).</summary>
internal sealed class OpcoTables
{
    private static readonly Lazy<OpcoTables> Loaded = new(() => new OpcoTables());

    private OpcoTables()
    {
        Idcc = Lines("idcc-opco.csv").Select(ToIdcc).ToFrozenDictionary(row => row.Idcc, StringComparer.Ordinal);
        Naf = Lines("naf-opco.csv").Select(ToNaf).ToFrozenDictionary(row => row.Prefix, StringComparer.Ordinal);
    }

    public static OpcoTables Shipped => Loaded.Value;

    public FrozenDictionary<string, IdccRow> Idcc { get; }

    public FrozenDictionary<string, NafRow> Naf { get; }

    /// <summary>The longest prefix wins.</summary>
    public NafRow? FindNaf(string naf)
    {
        for (var length = naf.Length; length >= 2; length--)
        {
            if (Naf.TryGetValue(naf[..length], out var row))
            {
                return row;
            }
        }

        return null;
    }

    private static IEnumerable<string[]> Lines(string file) =>
        DatabaseSetup.ReadReference(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.TrimStart('\uFEFF').Split(';'));

    private static IdccRow ToIdcc(string[] cells) => new(
        cells[0],
        cells[1],
        cells[2] is "" ? null : cells[2],
        Enum.Parse<IdccStatus>(cells[3], ignoreCase: true),
        [.. cells[6].Split([' ', ',', '|'], StringSplitOptions.RemoveEmptyEntries).Select(x => x.Split(':')[0])],
        cells[7].Split([' ', ',', '|'], StringSplitOptions.RemoveEmptyEntries));

    private static NafRow ToNaf(string[] cells) => new(
        cells[0],
        cells[1] is "" ? null : cells[1],
        cells[2] is "" ? null : decimal.Parse(cells[2], CultureInfo.InvariantCulture),
        cells[4],
        cells[5]);
}
