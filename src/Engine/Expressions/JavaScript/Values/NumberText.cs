using System.Globalization;
using System.Numerics;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>Numbers to text and back as ECMAScript defines it.</summary>
internal static class NumberText
{
    private static readonly string[] Small = Enumerable.Range(0, 256).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();

    public static string Of(double value)
    {
        if (value == (int)value)
        {
            var whole = (int)value;
            return (uint)whole < (uint)Small.Length ? Small[whole] : whole.ToString(CultureInfo.InvariantCulture);
        }

        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        if (value == Math.Floor(value) && Math.Abs(value) < 1e15)
        {
            return ((long)value).ToString(CultureInfo.InvariantCulture);
        }

        // "R" gives the shortest digits that come back to the same double; only their layout differs.
        var (negative, digits, point) = Take(value.ToString("R", CultureInfo.InvariantCulture));
        var sign = negative ? "-" : "";
        var count = digits.Length;
        return point switch
        {
            > 0 and <= 21 when count <= point => sign + digits + new string('0', point - count),
            > 0 and <= 21 => $"{sign}{digits[..point]}.{digits[point..]}",
            > -6 and <= 0 => $"{sign}0.{new string('0', -point)}{digits}",
            _ => sign + digits[..1] + (count == 1 ? "" : "." + digits[1..]) + Exponent(point - 1)
        };
    }

    public static string Fixed(double value, int decimals)
    {
        if (!double.IsFinite(value) || Math.Abs(value) >= 1e21)
        {
            return Of(value);
        }

        var digits = Scaled(Math.Abs(value), decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var sign = value < 0 ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    public static string Precision(double value, int digits)
    {
        if (!double.IsFinite(value))
        {
            return Of(value);
        }

        var point = 1;
        var all = new string('0', digits);
        if (value != 0)
        {
            point = Take(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture)).Point;
            all = Scaled(Math.Abs(value), digits - point).ToString(CultureInfo.InvariantCulture);
            if (all.Length > digits)
            {
                all = all[..digits]; // 9.99 rounded to 10.0
                point++;
            }
        }

        var sign = value < 0 ? "-" : "";
        if (point - 1 < -6 || point > digits)
        {
            return sign + all[..1] + (digits == 1 ? "" : "." + all[1..]) + Exponent(point - 1);
        }

        return sign + (point <= 0 ? "0." + new string('0', -point) + all : point == digits ? all : $"{all[..point]}.{all[point..]}");
    }

    /// <summary>The whole number nearest to value × 10^power, half going up; exact, because .NET rounds a half to even here.</summary>
    private static BigInteger Scaled(double value, int power)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        var two = exponent == 0 ? -1074 : exponent - 1075;
        BigInteger top = exponent == 0 ? mantissa : mantissa | 1L << 52;
        var bottom = BigInteger.One;
        if (power >= 0)
        {
            top *= BigInteger.Pow(10, power);
        }
        else
        {
            bottom = BigInteger.Pow(10, -power);
        }

        if (two >= 0)
        {
            top <<= two;
        }
        else
        {
            bottom <<= -two;
        }

        return (top * 2 + bottom) / (bottom * 2);
    }

    /// <summary>Whole numbers only: fractions in another base are of no use here.</summary>
    public static string Radix(double value, int radix)
    {
        var rest = Math.Abs(value);
        if (rest == 0)
        {
            return "0";
        }

        Span<char> buffer = stackalloc char[64];
        var at = buffer.Length;
        for (var n = (ulong)rest; n > 0; n /= (ulong)radix)
        {
            buffer[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(n % (ulong)radix)];
        }

        return (value < 0 ? "-" : "") + new string(buffer[at..]);
    }

    /// <summary><c>Number(text)</c>.</summary>
    public static double Parse(string text)
    {
        var span = TrimSpaces(text);
        if (span.IsEmpty)
        {
            return 0;
        }

        if (span.Length > 2 && span[0] == '0' && (span[1] | 0x20) is 'x' or 'o' or 'b')
        {
            var radix = (span[1] | 0x20) switch { 'x' => 16, 'o' => 8, _ => 2 };
            var value = Digits(span[2..], radix, out var used);
            return used == span.Length - 2 ? value : double.NaN;
        }

        var end = DecimalPrefix(span);
        return end == span.Length ? ParseDecimal(span) : double.NaN;
    }

    /// <summary><c>parseFloat(text)</c>.</summary>
    public static double ParsePrefix(string text)
    {
        var span = TrimSpaces(text);
        var end = DecimalPrefix(span);
        return end == 0 ? double.NaN : ParseDecimal(span[..end]);
    }

    /// <summary>Value of the leading digits in this base, and how many there are.</summary>
    public static double Digits(ReadOnlySpan<char> span, int radix, out int used)
    {
        double value = 0;
        used = 0;
        foreach (var c in span)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                break;
            }

            value = value * radix + digit;
            used++;
        }

        if (used == 0)
        {
            return double.NaN;
        }

        return radix == 10 && value >= 9007199254740992 ? double.Parse(span[..used], NumberStyles.None, CultureInfo.InvariantCulture) : value;
    }

    public static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r') or '\u00a0' or '\ufeff' or '\u2028' or '\u2029'
        || (c > '\u00a0' && char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator);

    public static ReadOnlySpan<char> TrimSpaces(ReadOnlySpan<char> span)
    {
        while (!span.IsEmpty && IsSpace(span[0]))
        {
            span = span[1..];
        }

        while (!span.IsEmpty && IsSpace(span[^1]))
        {
            span = span[..^1];
        }

        return span;
    }

    private static string Exponent(int exponent) => (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);

    private static (bool Negative, string Digits, int Point) Take(string text)
    {
        var negative = text[0] == '-';
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = text[(negative ? 1 : 0)..(e < 0 ? text.Length : e)];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var digits = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var kept = digits.TrimStart('0');
        point -= digits.Length - kept.Length;
        return (negative, kept.TrimEnd('0'), point);
    }

    private static double ParseDecimal(ReadOnlySpan<char> span) => span.EndsWith("Infinity", StringComparison.Ordinal)
        ? (span[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity)
        : double.Parse(span, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Length of the longest decimal literal at the start.</summary>
    private static int DecimalPrefix(ReadOnlySpan<char> span)
    {
        var i = !span.IsEmpty && span[0] is '+' or '-' ? 1 : 0;
        if (span[i..].StartsWith("Infinity", StringComparison.Ordinal))
        {
            return i + 8;
        }

        var start = i;
        while (i < span.Length && char.IsAsciiDigit(span[i]))
        {
            i++;
        }

        var digits = i - start;
        if (i < span.Length && span[i] == '.')
        {
            var dot = i++;
            while (i < span.Length && char.IsAsciiDigit(span[i]))
            {
                i++;
            }

            digits += i - dot - 1;
        }

        if (digits == 0)
        {
            return 0;
        }

        if (i < span.Length && (span[i] | 0x20) == 'e')
        {
            var j = i + 1;
            if (j < span.Length && span[j] is '+' or '-')
            {
                j++;
            }

            if (j < span.Length && char.IsAsciiDigit(span[j]))
            {
                while (j < span.Length && char.IsAsciiDigit(span[j]))
                {
                    j++;
                }

                i = j;
            }
        }

        return i;
    }
}
