using System.Collections.Frozen;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Companies;

/// <summary>Titles of the NAF rév. 2 (INSEE), from <c>Data/Reference/naf.csv</c>.</summary>
public static class NafTitles
{
    private static readonly Lazy<FrozenDictionary<string, string>> Loaded = new(() => DatabaseSetup.ReadReference("naf.csv")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(x => x.Split(';')).Where(x => x.Length > 2)
        .GroupBy(x => x[0], StringComparer.Ordinal).ToFrozenDictionary(x => x.Key, x => x.First()[2], StringComparer.Ordinal));

    /// <summary>Null for an unknown code; the code with its dot, e.g. 62.02A.</summary>
    public static string? Find(string code) => Loaded.Value.GetValueOrDefault(code);
}
