using System.Globalization;
using System.Text;
using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>The receipt as a one-page PDF, written by hand: a real file to download, with text that can be read back.</summary>
internal static class ReceiptPdf
{
    public static byte[] Make(PortalSite site, PortalDossier d)
    {
        string[] lines =
        [
            $"Numéro de dossier : {d.PortalRef}",
            $"{site.ReferenceLabel} : {d.Reference}",
            $"Déposé le : {Fr.DateTime(d.DeposeLe)}",
            $"Entreprise : {d.Entreprise.RaisonSociale} (SIRET {d.Entreprise.Siret})",
            $"Action : {d.Action.Intitule}",
            $"Du {Fr.Date(d.Action.DateDebut)} au {Fr.Date(d.Action.DateFin)}, {Fr.Number(d.Action.Heures)} heures",
            $"Coût pédagogique HT : {Fr.Euros(d.Action.CoutHt)}",
            $"Salariés : {d.Salaries.Count} ; pièces reçues : {d.Pieces.Count}",
            "",
            "Cet accusé ne vaut pas accord de prise en charge.",
            "Document fictif produit par un site de démonstration."
        ];
        var content = new StringBuilder();
        content.Append("BT /F2 18 Tf 56 760 Td ").Append(Text($"{site.Name} : {site.ReceiptTitle}")).Append(" Tj ET\n");
        content.Append("0.5 w 56 745 m 539 745 l S\nBT /F1 11 Tf 56 715 Td 20 TL\n");
        foreach (var line in lines)
        {
            content.Append(Text(line.Length > 95 ? line[..94] + "…" : line)).Append(" Tj T*\n");
        }

        content.Append("ET\n");
        var stream = content.ToString();
        return Assemble(
        [
            "<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> /Contents 6 0 R >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            string.Create(CultureInfo.InvariantCulture, $"<< /Length {stream.Length} >>\nstream\n{stream}endstream"),
            $"<< /Title {Text($"{site.ReceiptTitle} {d.PortalRef}")} /Producer (Bac a sable) >>"
        ]);
    }

    private static byte[] Assemble(string[] objects)
    {
        var file = new StringBuilder("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var xref = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
        {
            file.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        }

        file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R /Info {objects.Length} 0 R >>\nstartxref\n{xref}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(file.ToString());
    }

    // A literal string in WinAnsi: one char is one byte, so that lengths and offsets above are right.
    private static string Text(string text)
    {
        var literal = new StringBuilder("(");
        foreach (var c in text)
        {
            literal.Append(c switch
            {
                '(' or ')' or '\\' => "\\" + c,
                '€' => "\u0080",
                '…' => "\u0085",
                '’' => "\u0092",
                '–' => "\u0096",
                '—' => "\u0097",
                'œ' => "\u009c",
                'Œ' => "\u008c",
                '\u202f' => "\u00a0",
                < ' ' or > '\u00ff' => "?",
                _ => c.ToString()
            });
        }

        return literal.Append(')').ToString();
    }
}
