using System.Globalization;
using System.Text;

namespace MonOPCO.Integrations.Sealing;

/// <summary>
/// A PDF with classic cross-reference tables, as Chromium writes it, and its incremental updates. Cross-reference streams, encryption
/// and hybrid files are refused with a clear sentence: guessing would put a seal on something that another reader sees differently.
/// </summary>
internal sealed class PdfFile
{
    private const int MostObjects = 1_000_000;
    private readonly byte[] _bytes;
    private readonly Dictionary<int, (int Offset, int Generation)?> _objects = [];

    public PdfFile(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes.Length < 32 || !bytes.AsSpan().StartsWith("%PDF-1."u8))
        {
            throw new PdfFormatException("Ce fichier n'est pas un PDF.");
        }

        var marker = bytes.AsSpan().LastIndexOf("startxref"u8);
        if (marker < 0)
        {
            throw new PdfFormatException("Le PDF est tronqué : sa table des objets est absente.");
        }

        StartXref = Number(new PdfReader(bytes, marker + 9).ReadWord());
        var seen = new HashSet<int>();
        PdfDictionary? newest = null;
        for (int? offset = StartXref; offset is { } at; offset = newest is null ? null : Previous)
        {
            if (!seen.Add(at) || at < 0 || at >= bytes.Length)
            {
                throw new PdfFormatException("La table des objets du PDF boucle ou sort du fichier.");
            }

            var trailer = ReadSection(at);
            newest ??= trailer;
            Previous = trailer.Integer("Prev");
        }

        Trailer = newest!;
        if (Trailer.Has("Encrypt"))
        {
            throw new PdfFormatException("Le PDF est chiffré : il ne peut pas être scellé.");
        }
    }

    public int StartXref { get; }

    public PdfDictionary Trailer { get; }

    /// <summary>Objects that the newest cross-reference section names.</summary>
    public IReadOnlyCollection<int> NewestObjects { get; private set; } = [];

    public int Length => _bytes.Length;

    public PdfReference Root => Trailer["Root"] is PdfReference root ? root : throw new PdfFormatException("Le PDF n'a pas de catalogue.");

    public PdfDictionary Catalog => Dictionary(Root);

    public bool Exists(int number) => _objects.TryGetValue(number, out var entry) && entry is not null;

    private int? Previous { get; set; }

    public object Resolve(object? value)
    {
        for (var hops = 0; value is PdfReference reference; hops++)
        {
            if (hops > 8)
            {
                throw new PdfFormatException("Des objets du PDF se renvoient l'un à l'autre.");
            }

            value = Object(reference);
        }

        return value ?? new PdfToken("null");
    }

    public PdfDictionary Dictionary(object? value) => Resolve(value) as PdfDictionary ?? throw new PdfFormatException("Un objet du PDF n'est pas le dictionnaire attendu.");

    public PdfArray Array(object? value) => Resolve(value) as PdfArray ?? throw new PdfFormatException("Un objet du PDF n'est pas la liste attendue.");

    /// <summary>The object as numbered, without following a reference inside it.</summary>
    public object Object(PdfReference reference) => Locate(reference).ReadValue();

    /// <summary>Where the object's value stands in the file.</summary>
    public (int Start, int End) Span(PdfReference reference)
    {
        var reader = Locate(reference);
        reader.SkipBlanks();
        var start = reader.Position;
        reader.ReadValue();
        return (start, reader.Position);
    }

    public PdfReference FirstPage()
    {
        object? node = Catalog["Pages"];
        for (var depth = 0; depth < 64; depth++)
        {
            if (node is not PdfReference reference)
            {
                break;
            }

            var dictionary = Dictionary(reference);
            if (dictionary.Name("Type") == "Page")
            {
                return reference;
            }

            node = Array(dictionary["Kids"]).FirstOrDefault();
        }

        throw new PdfFormatException("Le PDF n'a pas de première page lisible.");
    }

    private PdfReader Locate(PdfReference reference)
    {
        if (!_objects.TryGetValue(reference.Number, out var entry) || entry is not { } found || found.Generation != reference.Generation)
        {
            throw new PdfFormatException($"L'objet {reference.Number} du PDF est introuvable.");
        }

        var reader = new PdfReader(_bytes, found.Offset);
        if (Number(reader.ReadWord()) != reference.Number || Number(reader.ReadWord()) != reference.Generation || reader.ReadWord() != "obj")
        {
            throw new PdfFormatException($"L'objet {reference.Number} du PDF n'est pas à sa place.");
        }

        return reader;
    }

    private PdfDictionary ReadSection(int offset)
    {
        var reader = new PdfReader(_bytes, offset);
        if (reader.ReadWord() != "xref")
        {
            throw new PdfFormatException("Le PDF utilise une table d'objets compressée (flux) : seuls les PDF à table classique sont pris en charge.");
        }

        var named = new List<int>();
        for (; ; )
        {
            var word = reader.ReadWord();
            if (word == "trailer")
            {
                break;
            }

            var first = Number(word);
            var count = Number(reader.ReadWord());
            if (count > MostObjects || first > MostObjects)
            {
                throw new PdfFormatException("Le PDF annonce trop d'objets.");
            }

            for (var number = first; number < first + count; number++)
            {
                var place = Number(reader.ReadWord());
                var generation = Number(reader.ReadWord());
                var kind = reader.ReadWord();
                named.Add(number);
                // Sections are read from the newest to the oldest: the first word on an object is the last one written.
                _objects.TryAdd(number, kind switch { "n" => (place, generation), "f" => null, _ => throw new PdfFormatException("La table des objets du PDF est mal formée.") });
            }
        }

        if (NewestObjects.Count == 0)
        {
            NewestObjects = named;
        }

        var trailer = reader.ReadValue() as PdfDictionary ?? throw new PdfFormatException("Le PDF n'a pas de fin lisible.");
        return trailer.Has("XRefStm") ? throw new PdfFormatException("Le PDF est hybride (XRefStm) : il ne peut pas être scellé.") : trailer;
    }

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new PdfFormatException("La table des objets du PDF est mal formée.");

    internal string Slice(int start, int end) => Encoding.Latin1.GetString(_bytes, start, end - start);
}
