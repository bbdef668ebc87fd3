using System.Globalization;
using System.Text;

namespace MonOPCO.Integrations.Sealing;

/// <summary>A PDF that this code cannot or must not touch, with a French sentence that says why.</summary>
public sealed class PdfFormatException(string message) : Exception(message);

internal readonly record struct PdfReference(int Number, int Generation);

/// <summary>A token kept as written: number, name, string, boolean, null.</summary>
internal sealed record PdfToken(string Raw)
{
    public bool IsName => Raw.Length > 0 && Raw[0] == '/';
}

internal sealed class PdfArray : List<object>;

/// <summary>Keys without their slash, in the order of the file.</summary>
internal sealed class PdfDictionary
{
    private readonly List<KeyValuePair<string, object>> _entries = [];

    public IEnumerable<KeyValuePair<string, object>> Entries => _entries;

    public object? this[string key]
    {
        get => _entries.FirstOrDefault(e => e.Key == key).Value;
        set
        {
            _entries.RemoveAll(e => e.Key == key);
            if (value is not null)
            {
                _entries.Add(new(key, value));
            }
        }
    }

    public bool Has(string key) => this[key] is not null;

    public string? Name(string key) => this[key] is PdfToken { IsName: true } token ? token.Raw[1..] : null;

    public int? Integer(string key) => this[key] is PdfToken token && int.TryParse(token.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public PdfDictionary With(string key, object? value)
    {
        var copy = new PdfDictionary();
        copy._entries.AddRange(_entries);
        copy[key] = value;
        return copy;
    }
}

/// <summary>Reads and writes the objects of ISO 32000-1 §7.3 that a seal touches. Bytes are Latin-1 characters, so nothing is lost.</summary>
internal sealed class PdfReader(byte[] bytes, int position)
{
    private const int DeepestNesting = 64;
    private int _depth;

    public int Position { get; private set; } = position;

    public object ReadValue()
    {
        if (++_depth > DeepestNesting)
        {
            throw new PdfFormatException("Le PDF imbrique trop d'objets.");
        }

        try
        {
            SkipBlanks();
            return Peek() switch
            {
                '<' when Peek(1) == '<' => ReadDictionary(),
                '<' => ReadHexString(),
                '(' => ReadLiteralString(),
                '[' => ReadArray(),
                '/' => new PdfToken("/" + ReadRegular(skip: 1)),
                _ => ReadNumberOrReference(),
            };
        }
        finally
        {
            _depth--;
        }
    }

    public string ReadWord()
    {
        SkipBlanks();
        return ReadRegular(skip: 0);
    }

    public void SkipBlanks()
    {
        while (Position < bytes.Length)
        {
            if (bytes[Position] == '%')
            {
                while (Position < bytes.Length && bytes[Position] is not ((byte)'\r' or (byte)'\n'))
                {
                    Position++;
                }
            }
            else if (IsBlank(bytes[Position]))
            {
                Position++;
            }
            else
            {
                return;
            }
        }
    }

    private char Peek(int ahead = 0) => Position + ahead < bytes.Length ? (char)bytes[Position + ahead] : throw new PdfFormatException("Le PDF s'arrête au milieu d'un objet.");

    private PdfDictionary ReadDictionary()
    {
        Position += 2;
        var dictionary = new PdfDictionary();
        for (; ; )
        {
            SkipBlanks();
            if (Peek() == '>' && Peek(1) == '>')
            {
                Position += 2;
                return dictionary;
            }

            if (Peek() != '/')
            {
                throw new PdfFormatException("Un dictionnaire du PDF est mal formé.");
            }

            var key = ReadRegular(skip: 1);
            if (dictionary.Has(key))
            {
                // Readers disagree on which of two equal keys counts: an attack, not a document.
                throw new PdfFormatException($"Un dictionnaire du PDF contient deux fois « {key} ».");
            }

            dictionary[key] = ReadValue();
        }
    }

    private PdfArray ReadArray()
    {
        Position++;
        var array = new PdfArray();
        for (; ; )
        {
            SkipBlanks();
            if (Peek() == ']')
            {
                Position++;
                return array;
            }

            array.Add(ReadValue());
        }
    }

    private PdfToken ReadHexString()
    {
        var end = Array.IndexOf(bytes, (byte)'>', Position);
        if (end < 0)
        {
            throw new PdfFormatException("Une chaîne du PDF n'est pas fermée.");
        }

        var raw = Encoding.Latin1.GetString(bytes, Position, end - Position + 1);
        Position = end + 1;
        return new PdfToken(raw);
    }

    private PdfToken ReadLiteralString()
    {
        var start = Position;
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case '\\': Position++; break;
                case '(': depth++; break;
                case ')': depth--; break;
            }

            Position++;
        }
        while (depth > 0);
        return new PdfToken(Encoding.Latin1.GetString(bytes, start, Position - start));
    }

    private object ReadNumberOrReference()
    {
        var word = ReadRegular(skip: 0);
        var after = Position;
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            SkipBlanks();
            if (Position < bytes.Length && int.TryParse(ReadRegular(skip: 0, allowEmpty: true), NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            {
                SkipBlanks();
                if (Position < bytes.Length && bytes[Position] == 'R' && (Position + 1 == bytes.Length || !IsRegular(bytes[Position + 1])))
                {
                    Position++;
                    return new PdfReference(number, generation);
                }
            }
        }

        Position = after;
        return new PdfToken(word);
    }

    private string ReadRegular(int skip, bool allowEmpty = false)
    {
        Position += skip;
        var start = Position;
        while (Position < bytes.Length && IsRegular(bytes[Position]))
        {
            Position++;
        }

        return Position > start || skip == 1 || allowEmpty
            ? Encoding.Latin1.GetString(bytes, start, Position - start)
            : throw new PdfFormatException($"Le PDF est mal formé à l'octet {start}.");
    }

    private static bool IsBlank(byte b) => b is 0 or 9 or 10 or 12 or 13 or 32;

    private static bool IsRegular(byte b) => !IsBlank(b) && b is not ((byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)'/' or (byte)'%');
}

internal static class PdfWriter
{
    public static string Write(object value) => value switch
    {
        PdfDictionary dictionary => "<<" + string.Concat(dictionary.Entries.Select(e => "/" + e.Key + Separated(Write(e.Value)))) + ">>",
        PdfArray array => "[" + string.Join(' ', array.Select(Write)) + "]",
        PdfReference reference => string.Create(CultureInfo.InvariantCulture, $"{reference.Number} {reference.Generation} R"),
        PdfToken token => token.Raw,
        _ => throw new InvalidOperationException($"Not a PDF value: {value.GetType()}."),
    };

    /// <summary>A text string in UTF-16, hexadecimal: nothing to escape.</summary>
    public static PdfToken Text(string text) => new("<FEFF" + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text)) + ">");

    private static string Separated(string value) => value[0] is '/' or '<' or '[' or '(' ? value : " " + value;
}
