using System.Globalization;
using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;

namespace MonOPCO.Host.Infrastructure.Tables;

/// <summary>What a column of a workbook holds, and how it is shown.</summary>
public enum XlsxKind
{
    Text,
    Amount,
    Whole,
    Day,
}

public sealed record XlsxColumn(string Heading, XlsxKind Kind, double Width);

/// <summary>
/// One sheet, written row after row straight into the compressed file: real numbers and days, a frozen heading, filters. Memory does not grow with the rows.
/// (The package classes of the SDK would keep the whole sheet in memory until the end.)
/// </summary>
public static class XlsxWriter
{
    /// <summary>Excel's limit, heading included.</summary>
    public const int MaxRows = 1_048_576;

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

    /// <summary>Writes synchronously into <paramref name="target"/>, which need not be able to go back.</summary>
    public static async Task<long> WriteAsync(Stream target, string sheet, IReadOnlyList<XlsxColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        Write(archive, "[Content_Types].xml", $"""<Types xmlns="{Package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>""");
        Write(archive, "_rels/.rels", $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        Write(archive, "xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="rId1" Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{Relations}/styles" Target="styles.xml"/></Relationships>""");
        Write(archive, "xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets>{new Sheet { Name = sheet, SheetId = 1, Id = "rId1" }.OuterXml}</sheets></workbook>""");
        Write(archive, "xl/styles.xml", Styles().OuterXml);
        await using var part = archive.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
        await using var buffer = new BufferedStream(part, 1 << 16);
        using var writer = new OpenXmlPartWriter(buffer);
        writer.WriteStartDocument(standalone: true);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(new SheetViews(new SheetView(new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
        writer.WriteElement(new Columns(columns.Select((x, i) => new Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = x.Width, CustomWidth = true })));
        writer.WriteStartElement(new SheetData());
        writer.WriteStartElement(new Row());
        foreach (var column in columns)
        {
            Text(writer, column.Heading, 4);
        }

        writer.WriteEndElement();
        long written = 0;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (++written >= MaxRows)
            {
                break;
            }

            writer.WriteStartElement(new Row());
            for (var i = 0; i < columns.Count; i++)
            {
                Cell(writer, columns[i].Kind, row[i]);
            }

            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        writer.WriteElement(new AutoFilter { Reference = $"A1:{Name(columns.Count)}{(written + 1).ToString(CultureInfo.InvariantCulture)}" });
        writer.WriteEndElement();
        return written;
    }

    private static void Write(ZipArchive archive, string name, string content)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open(), new UTF8Encoding(false));
        writer.Write(Declaration + content);
    }

    private static readonly OpenXmlAttribute[][] InlineStyles = [.. Enumerable.Range(0, 5).Select(x => new[] { new OpenXmlAttribute("t", "", "inlineStr"), new OpenXmlAttribute("s", "", x.ToString(CultureInfo.InvariantCulture)) })];

    private static readonly OpenXmlAttribute[][] NumberStyles = [.. Enumerable.Range(0, 5).Select(x => new[] { new OpenXmlAttribute("s", "", x.ToString(CultureInfo.InvariantCulture)) })];

    private static void Cell(OpenXmlWriter writer, XlsxKind kind, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteStartElement(new Cell());
                writer.WriteEndElement();
                break;
            case decimal amount:
                Number(writer, amount.ToString(CultureInfo.InvariantCulture), kind == XlsxKind.Whole ? 2 : 1);
                break;
            case int whole:
                Number(writer, whole.ToString(CultureInfo.InvariantCulture), 2);
                break;
            case DateOnly day:
                // Excel's days count from 30 December 1899.
                Number(writer, (day.DayNumber - new DateOnly(1899, 12, 30).DayNumber).ToString(CultureInfo.InvariantCulture), 3);
                break;
            default:
                Text(writer, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", 0);
                break;
        }
    }

    private static void Number(OpenXmlWriter writer, string value, int style)
    {
        writer.WriteStartElement(new Cell(), NumberStyles[style]);
        writer.WriteElement(new CellValue(value));
        writer.WriteEndElement();
    }

    private static void Text(OpenXmlWriter writer, string text, int style)
    {
        writer.WriteStartElement(new Cell(), InlineStyles[style]);
        writer.WriteElement(new InlineString(new Text(Clean(text)) { Space = SpaceProcessingModeValues.Preserve }));
        writer.WriteEndElement();
    }

    // XML forbids most control characters; one in a name must not spoil the file.
    private static string Clean(string text) => text.All(System.Xml.XmlConvert.IsXmlChar) ? text : new string([.. text.Where(System.Xml.XmlConvert.IsXmlChar)]);

    private static string Name(int column)
    {
        var name = "";
        for (; column > 0; column = (column - 1) / 26)
        {
            name = (char)('A' + ((column - 1) % 26)) + name;
        }

        return name;
    }

    // 0 text, 1 euros, 2 whole, 3 day, 4 heading.
    private static Stylesheet Styles() => new(
        new NumberingFormats(new NumberingFormat { NumberFormatId = 164, FormatCode = "#,##0.00\\ \"€\"" }, new NumberingFormat { NumberFormatId = 165, FormatCode = "dd/mm/yyyy" }),
        new Fonts(new Font(new FontSize { Val = 11 }, new FontName { Val = "Calibri" }), new Font(new Bold(), new FontSize { Val = 11 }, new FontName { Val = "Calibri" })),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 }), new Fill(new PatternFill(new ForegroundColor { Rgb = "FFE3F1ED" }) { PatternType = PatternValues.Solid })),
        new Borders(new Border()),
        new CellStyleFormats(new CellFormat()),
        new CellFormats(
            new CellFormat(),
            new CellFormat { NumberFormatId = 164, ApplyNumberFormat = true },
            new CellFormat { NumberFormatId = 3, ApplyNumberFormat = true },
            new CellFormat { NumberFormatId = 165, ApplyNumberFormat = true },
            new CellFormat { FontId = 1, FillId = 2, ApplyFont = true, ApplyFill = true }));
}
