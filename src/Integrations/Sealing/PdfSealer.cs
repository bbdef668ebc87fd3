using System.Globalization;
using System.Text;

namespace MonOPCO.Integrations.Sealing;

/// <summary>What a seal says of itself.</summary>
/// <param name="SignerName">The person or body for whom the server seals.</param>
/// <param name="Reason">Why (« Signature simple de la convention par l'entreprise »).</param>
/// <param name="At">The server's time; there is no time stamp of a third party.</param>
public sealed record SealRequest(string SignerName, string Reason, DateTimeOffset At, string? Location = null);

/// <summary>
/// Seals a PDF by an incremental update: existing bytes stay as they are, so tags and earlier seals survive. It is the technical part of a <em>simple</em>
/// electronic signature with the server's seal (eIDAS art. 3-10 and 25-1): not advanced, not qualified. Never rewrite a file after it is sealed.
/// </summary>
public static class PdfSealer
{
    private const int ReservedBytes = 12_288;
    private const string RangePlaceholder = "[0 0000000000 0000000000 0000000000]";

    /// <exception cref="PdfFormatException">The file is not a PDF with classic cross-reference tables.</exception>
    public static byte[] Seal(byte[] pdf, SealRequest request, SealingKey key)
    {
        var file = new PdfFile(pdf);
        var next = file.Trailer.Integer("Size") ?? throw new PdfFormatException("Le PDF n'annonce pas son nombre d'objets.");
        var catalog = file.Catalog;
        var page = file.FirstPage();
        if (page.Generation != 0 || file.Root.Generation != 0 || catalog["AcroForm"] is PdfReference { Generation: not 0 })
        {
            throw new PdfFormatException("Le PDF réutilise des numéros d'objets : ce PDF ne vient pas d'ici.");
        }

        var seal = new PdfReference(next++, 0);
        var field = new PdfReference(next++, 0);

        var written = new SortedDictionary<int, string>
        {
            [seal.Number] = Signature(request),
            [field.Number] = Field(FieldName(file, catalog), seal, page, request),
        };
        if (catalog["AcroForm"] is PdfReference form)
        {
            written[form.Number] = PdfWriter.Write(Form(file, file.Dictionary(form), field));
        }
        else
        {
            if (catalog.Has("AcroForm"))
            {
                throw new PdfFormatException("Le formulaire du PDF n'est pas un objet séparé : ce PDF ne vient pas d'ici.");
            }

            form = new PdfReference(next++, 0);
            written[form.Number] = PdfWriter.Write(Form(file, new PdfDictionary(), field));
            written[file.Root.Number] = PdfWriter.Write(catalog.With("AcroForm", form));
        }

        var pageDictionary = file.Dictionary(page);
        if (pageDictionary["Annots"] is PdfReference)
        {
            throw new PdfFormatException("Les annotations de la première page sont un objet séparé : ce PDF ne vient pas d'ici.");
        }

        var annotations = new PdfArray();
        annotations.AddRange(pageDictionary["Annots"] as PdfArray ?? []);
        annotations.Add(field);
        written[page.Number] = PdfWriter.Write(pageDictionary.With("Annots", annotations));

        return Sign(Append(pdf, file, written, next), pdf.Length, key);
    }

    private static string Signature(SealRequest request)
    {
        var at = request.At.ToUniversalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var location = request.Location is { } place ? "/Location" + PdfWriter.Text(place).Raw : "";
        return $"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange{RangePlaceholder}/Contents<{new string('0', ReservedBytes * 2)}>"
            + $"/Name{PdfWriter.Text(request.SignerName).Raw}/Reason{PdfWriter.Text(request.Reason).Raw}{location}/M(D:{at}Z)>>";
    }

    /// <summary>An invisible widget (F 134: printed, locked, hidden): the visible trace of a signature is in the document's own text.</summary>
    private static string Field(string name, PdfReference seal, PdfReference page, SealRequest request) =>
        $"<</Type/Annot/Subtype/Widget/FT/Sig/Rect[0 0 0 0]/F 134/T({name})/TU{PdfWriter.Text("Cachet : " + request.Reason).Raw}/V {seal.Number} 0 R/P {PdfWriter.Write(page)}>>";

    private static string FieldName(PdfFile file, PdfDictionary catalog)
    {
        var count = catalog.Has("AcroForm") ? file.Array(file.Dictionary(catalog["AcroForm"])["Fields"]).Count : 0;
        return string.Create(CultureInfo.InvariantCulture, $"Cachet{count + 1}");
    }

    private static PdfDictionary Form(PdfFile file, PdfDictionary form, PdfReference field)
    {
        var fields = new PdfArray();
        fields.AddRange(form.Has("Fields") ? file.Array(form["Fields"]) : []);
        fields.Add(field);
        // SigFlags 3: signatures exist, and only append.
        return form.With("Fields", fields).With("SigFlags", new PdfToken("3"));
    }

    private static byte[] Append(byte[] pdf, PdfFile file, SortedDictionary<int, string> written, int size)
    {
        using var output = new MemoryStream(pdf.Length + (ReservedBytes * 2) + 8192);
        output.Write(pdf);
        if (pdf[^1] != '\n')
        {
            output.WriteByte((byte)'\n');
        }

        var offsets = new Dictionary<int, long>();
        foreach (var (number, body) in written)
        {
            offsets[number] = output.Position;
            Write(output, $"{number} 0 obj\n{body}\nendobj\n");
        }

        var start = output.Position;
        Write(output, "xref\n");
        foreach (var run in Runs([.. written.Keys]))
        {
            Write(output, $"{run[0]} {run.Count}\n");
            foreach (var number in run)
            {
                Write(output, $"{offsets[number]:D10} 00000 n\r\n");
            }
        }

        var trailer = new PdfDictionary { ["Size"] = Token(size), ["Root"] = file.Root };
        trailer["Info"] = file.Trailer["Info"];
        trailer["ID"] = file.Trailer["ID"];
        trailer["Prev"] = Token(file.StartXref);
        Write(output, $"trailer\n{PdfWriter.Write(trailer)}\nstartxref\n{start}\n%%EOF\n");
        return output.ToArray();
    }

    private static byte[] Sign(byte[] pdf, int from, SealingKey key)
    {
        var update = pdf.AsSpan(from);
        var range = from + update.IndexOf("/ByteRange["u8) + "/ByteRange".Length;
        var contents = from + update.IndexOf("/Contents<"u8) + "/Contents".Length;
        var after = contents + (ReservedBytes * 2) + 2;
        Encoding.ASCII.GetBytes($"[0 {contents:D10} {after:D10} {pdf.Length - after:D10}]").CopyTo(pdf, range);

        byte[] covered = [.. pdf.AsSpan(0, contents), .. pdf.AsSpan(after)];
        var cms = Cades.Sign(covered, key.Certificate);
        if (cms.Length > ReservedBytes)
        {
            throw new PdfFormatException("Le certificat est trop grand pour la place réservée au cachet.");
        }

        Encoding.ASCII.GetBytes(Convert.ToHexString(cms)).CopyTo(pdf, contents + 1);
        return pdf;
    }

    private static List<List<int>> Runs(List<int> numbers)
    {
        var runs = new List<List<int>>();
        foreach (var number in numbers)
        {
            if (runs.Count > 0 && runs[^1][^1] == number - 1)
            {
                runs[^1].Add(number);
            }
            else
            {
                runs.Add([number]);
            }
        }

        return runs;
    }

    private static PdfToken Token(int value) => new(value.ToString(CultureInfo.InvariantCulture));

    private static void Write(MemoryStream output, FormattableString text) => output.Write(Encoding.Latin1.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static void Write(MemoryStream output, string text) => output.Write(Encoding.Latin1.GetBytes(text));
}
