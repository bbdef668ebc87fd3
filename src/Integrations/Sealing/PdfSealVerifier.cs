using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MonOPCO.Integrations.Sealing;

/// <summary>Finds seals through the form's field tree, checks each, then checks what every later revision changed.</summary>
public static class PdfSealVerifier
{
    public static SealVerification Verify(byte[] pdf)
    {
        try
        {
            var file = new PdfFile(pdf);
            var seals = Fields(file).Select(field => Examine(file, pdf, field)).OrderBy(seal => seal.SealedLength).ToList();
            var covers = seals.Count > 0 && seals[^1].CoversWholeFile;
            var foreign = seals.Count == 0 ? null : Foreign(pdf, seals);
            return new SealVerification(seals, covers, foreign is not null, foreign);
        }
        catch (PdfFormatException problem)
        {
            return new SealVerification([], false, false, problem.Message);
        }
    }

    private static List<PdfDictionary> Fields(PdfFile file)
    {
        var found = new List<PdfDictionary>();
        if (!file.Catalog.Has("AcroForm"))
        {
            return found;
        }

        var waiting = new Queue<object>(file.Array(file.Dictionary(file.Catalog["AcroForm"])["Fields"]));
        for (var visited = 0; waiting.TryDequeue(out var next); visited++)
        {
            if (visited > 1_000)
            {
                throw new PdfFormatException("Le formulaire du PDF a trop de champs.");
            }

            var field = file.Dictionary(next);
            if (field.Name("FT") == "Sig" && field.Has("V"))
            {
                found.Add(field);
            }

            foreach (var kid in field.Has("Kids") ? file.Array(field["Kids"]) : [])
            {
                waiting.Enqueue(kid);
            }
        }

        return found;
    }

    private static SealReport Examine(PdfFile file, byte[] pdf, PdfDictionary field)
    {
        var seal = file.Dictionary(field["V"]);
        var report = new SealReport(Text(field["T"]), Text(seal["Name"]), Text(seal["Reason"]), Time(seal["M"]), null, 0, false, null);
        var range = (seal["ByteRange"] as PdfArray ?? []).Select(item => item is PdfToken token && int.TryParse(token.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        if (range.Length != 4 || range[0] != 0 || range.Any(n => n < 0) || (long)range[2] + range[3] > pdf.Length || range[1] + 2 > range[2] || field["V"] is not PdfReference reference)
        {
            return report with { Problem = "L'étendue du cachet est mal formée." };
        }

        var end = range[2] + range[3];
        report = report with { SealedLength = end, CoversWholeFile = end == pdf.Length };
        var hole = file.Slice(range[1], range[2]);
        var place = file.Span(reference);
        // The hole must be exactly this seal's own /Contents: otherwise other bytes could change in it.
        if (seal["Contents"] is not PdfToken contents || contents.Raw != hole || range[1] < place.Start || range[2] > place.End)
        {
            return report with { Problem = "Le cachet laisse de côté d'autres octets que les siens." };
        }

        if (seal.Name("SubFilter") is not "ETSI.CAdES.detached")
        {
            return report with { Problem = "Le cachet n'est pas au format ETSI.CAdES.detached." };
        }

        if (Decode(hole) is not { } encoded)
        {
            return report with { Problem = "L'enveloppe du cachet est illisible." };
        }

        byte[] covered = [.. pdf.AsSpan(0, range[1]), .. pdf.AsSpan(range[2], range[3])];
        var (signer, problem) = Cades.Verify(covered, encoded);
        using (signer)
        {
            return report with { Fingerprint = signer?.GetCertHashString(HashAlgorithmName.SHA256), Problem = problem };
        }
    }

    /// <summary>The DER value inside the hexadecimal string; null unless upper case and padded with zeros only, as this platform writes it.</summary>
    private static byte[]? Decode(string hole)
    {
        try
        {
            var bytes = Convert.FromHexString(hole[1..^1]);
            AsnDecoder.ReadEncodedValue(bytes, AsnEncodingRules.BER, out _, out _, out var length);
            return Convert.ToHexString(bytes) == hole[1..^1] && !bytes.AsSpan(length).ContainsAnyExcept((byte)0) ? bytes[..length] : null;
        }
        catch (Exception problem) when (problem is FormatException or AsnContentException)
        {
            return null;
        }
    }

    /// <summary>A French sentence about the first thing that is not a seal in what was appended, or null.</summary>
    private static string? Foreign(byte[] pdf, List<SealReport> seals)
    {
        if (seals[0].SealedLength == 0)
        {
            return "Un cachet est mal formé.";
        }

        for (var i = 1; i < seals.Count; i++)
        {
            if (seals[i].SealedLength == seals[i - 1].SealedLength)
            {
                return "Deux cachets prétendent couvrir la même version.";
            }

            var before = new PdfFile(pdf[..seals[i - 1].SealedLength]);
            var after = new PdfFile(pdf[..seals[i].SealedLength]);
            if (after.Trailer.Integer("Prev") != before.StartXref || after.Root != before.Root || PdfWriter.Write(after.Trailer["Info"] ?? PdfNull) != PdfWriter.Write(before.Trailer["Info"] ?? PdfNull))
            {
                return "Une version a été ajoutée entre deux cachets.";
            }

            if (after.NewestObjects.FirstOrDefault(number => !IsPartOfASeal(before, after, number)) is var changed && changed != 0)
            {
                return $"Entre deux cachets, l'objet {changed} du document a été changé.";
            }
        }

        return seals[^1].CoversWholeFile ? null : "Quelque chose a été ajouté après le dernier cachet.";
    }

    private static readonly PdfToken PdfNull = new("null");

    private static bool IsPartOfASeal(PdfFile before, PdfFile after, int number)
    {
        if (!after.Exists(number) || after.Resolve(new PdfReference(number, 0)) is not PdfDictionary now)
        {
            return false;
        }

        if (!before.Exists(number))
        {
            return now.Name("Type") == "Sig" || (now.Name("FT") == "Sig" && !now.Has("AP") && now["Rect"] is PdfArray { Count: 4 } rect && rect.All(side => side is PdfToken { Raw: "0" }));
        }

        var reference = new PdfReference(number, 0);
        var then = before.Dictionary(reference);
        if (before.Catalog["AcroForm"] is PdfReference form && form == reference)
        {
            return Same(then.With("Fields", null), now.With("Fields", null)) && IsGrown(before.Array(then["Fields"]), after.Array(now["Fields"]));
        }

        return before.FirstPage() == reference && Same(then.With("Annots", null), now.With("Annots", null)) && IsGrown(then["Annots"] as PdfArray ?? [], now["Annots"] as PdfArray ?? []);
    }

    private static bool IsGrown(PdfArray then, PdfArray now) => now.Count == then.Count + 1 && then.Zip(now).All(pair => PdfWriter.Write(pair.First) == PdfWriter.Write(pair.Second));

    private static bool Same(PdfDictionary then, PdfDictionary now) => PdfWriter.Write(then) == PdfWriter.Write(now);

    private static string Text(object? value)
    {
        var raw = (value as PdfToken)?.Raw ?? "";
        if (raw.StartsWith("<FEFF", StringComparison.Ordinal) && raw.Length % 2 == 0 && raw.AsSpan(1, raw.Length - 2).IndexOfAnyExcept(Hexadecimal) < 0)
        {
            return Encoding.BigEndianUnicode.GetString(Convert.FromHexString(raw[5..^1]));
        }

        return raw.Length > 1 && raw[0] == '(' ? raw[1..^1] : "";
    }

    private static readonly System.Buffers.SearchValues<char> Hexadecimal = System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef");

    private static DateTimeOffset? Time(object? value) =>
        DateTimeOffset.TryParseExact(Text(value), "'D:'yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
