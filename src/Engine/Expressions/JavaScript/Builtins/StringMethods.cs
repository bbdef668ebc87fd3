using System.Globalization;
using System.Text;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class StringMethods
{
    private static readonly CompareInfo French = CultureInfo.GetCultureInfo("fr-FR").CompareInfo;

    public static readonly Dictionary<string, NativeCode> Table = new(StringComparer.Ordinal)
    {
        ["at"] = (r, self, a) => At(self.Text(r), a, r),
        ["charAt"] = (r, self, a) => Operators.CharAt(self.Text(r), Index(a, r)) is { IsUndefined: false } found ? found : JsValue.EmptyText,
        ["charCodeAt"] = (r, self, a) => Index(a, r) is var i && i >= 0 && i < self.TextLength ? new JsValue(self.Text(r)[i]) : JsValue.NaN,
        ["codePointAt"] = (r, self, a) => CodePointAt(self.Text(r), Index(a, r)),
        ["concat"] = (r, self, a) => a.Aggregate(self, (text, next) => Rope.Concat(text, Operators.ToTextValue(next, r), r)),
        ["endsWith"] = (r, self, a) => EndsWith(self.Text(r), a, r),
        ["includes"] = (r, self, a) => JsValue.Of(TextSearch.IndexOf(self.Text(r), Needle(a, r), Start(self, a, r), r) >= 0),
        ["indexOf"] = (r, self, a) => new JsValue(TextSearch.IndexOf(self.Text(r), Needle(a, r), Start(self, a, r), r)),
        ["lastIndexOf"] = LastIndexOf,
        ["localeCompare"] = LocaleCompare,
        ["normalize"] = Normalize,
        ["padEnd"] = (r, self, a) => Pad(self, a, r, atStart: false),
        ["padStart"] = (r, self, a) => Pad(self, a, r, atStart: true),
        ["repeat"] = Repeat,
        ["replace"] = (r, self, a) => Replace(self.Text(r), a, r, all: false),
        ["replaceAll"] = (r, self, a) => Replace(self.Text(r), a, r, all: true),
        ["slice"] = (r, self, a) => Slice(self, a.Relative(0, self.TextLength, r, 0), a.Relative(1, self.TextLength, r, self.TextLength), r),
        ["split"] = Split,
        ["startsWith"] = (r, self, a) => StartsWith(self, a, r),
        ["substr"] = (r, self, a) => Substr(self, a, r),
        ["substring"] = Substring,
        ["toLowerCase"] = (r, self, _) => Made(self, text => text.ToLowerInvariant(), r),
        ["toLocaleLowerCase"] = (r, self, _) => Made(self, text => text.ToLowerInvariant(), r),
        ["toUpperCase"] = (r, self, _) => Made(self, text => text.ToUpperInvariant(), r),
        ["toLocaleUpperCase"] = (r, self, _) => Made(self, text => text.ToUpperInvariant(), r),
        ["toString"] = (_, self, _) => self,
        ["valueOf"] = (_, self, _) => self,
        ["trim"] = (r, self, _) => Made(self, text => NumberText.TrimSpaces(text).ToString(), r),
        ["trimEnd"] = (r, self, _) => Made(self, text => text[..TrailingEnd(text)], r),
        ["trimStart"] = (r, self, _) => Made(self, LeadingTrim, r)
    };

    private static JsValue Made(JsValue self, Func<string, string> make, Runtime runtime)
    {
        runtime.AllocateText(self.TextLength);
        runtime.Steps(self.TextLength >> 4);
        return new JsValue(make(self.Text(runtime)));
    }

    private static string LeadingTrim(string text)
    {
        var start = 0;
        while (start < text.Length && NumberText.IsSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    private static int TrailingEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && NumberText.IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static int Index(JsValue[] args, Runtime runtime)
    {
        var index = args.Integer(0, runtime);
        return index is >= 0 and < int.MaxValue ? (int)index : -1;
    }

    private static int Start(JsValue self, JsValue[] args, Runtime runtime) => (int)Math.Clamp(args.Integer(1, runtime), 0, self.TextLength);

    private static string Needle(JsValue[] args, Runtime runtime) => Operators.ToText(args.At(0), runtime);

    private static JsValue At(string text, JsValue[] args, Runtime runtime)
    {
        var at = args.Integer(0, runtime);
        at = at < 0 ? at + text.Length : at;
        return at >= 0 && at < text.Length ? Operators.CharAt(text, (int)at) : default;
    }

    private static JsValue CodePointAt(string text, int index)
    {
        if (index < 0 || index >= text.Length)
        {
            return default;
        }

        return new JsValue(char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
            ? char.ConvertToUtf32(text[index], text[index + 1])
            : text[index]);
    }

    private static JsValue StartsWith(JsValue self, JsValue[] args, Runtime runtime)
    {
        string text = self.Text(runtime), needle = Needle(args, runtime);
        runtime.Steps(needle.Length >> 6);
        return JsValue.Of(text.AsSpan(Start(self, args, runtime)).StartsWith(needle));
    }

    private static JsValue EndsWith(string text, JsValue[] args, Runtime runtime)
    {
        var needle = Needle(args, runtime);
        runtime.Steps(needle.Length >> 6);
        var end = (int)Math.Clamp(args.Integer(1, runtime, text.Length), 0, text.Length);
        return JsValue.Of(text.AsSpan(0, end).EndsWith(needle));
    }

    private static JsValue LastIndexOf(Runtime runtime, JsValue self, JsValue[] args)
    {
        var from = Operators.ToNumber(args.At(1), runtime);
        var start = double.IsNaN(from) ? self.TextLength : (int)Math.Clamp(from, 0, self.TextLength);
        return new JsValue(TextSearch.LastIndexOf(self.Text(runtime), Needle(args, runtime), start, runtime));
    }

    /// <summary>French order whatever the arguments: the result must not depend on the machine.</summary>
    private static JsValue LocaleCompare(Runtime runtime, JsValue self, JsValue[] args)
    {
        string text = self.Text(runtime), other = Needle(args, runtime);
        runtime.Steps((text.Length + other.Length) >> 2);
        return new JsValue(Math.Sign(French.Compare(text, other)));
    }

    private static JsValue Normalize(Runtime runtime, JsValue self, JsValue[] args)
    {
        var form = (args.At(0).IsUndefined ? "NFC" : Needle(args, runtime)) switch
        {
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            "NFKC" => NormalizationForm.FormKC,
            "NFKD" => NormalizationForm.FormKD,
            _ => throw runtime.RangeError("la forme doit être NFC, NFD, NFKC ou NFKD.")
        };
        runtime.AllocateText(self.TextLength * 4L);
        runtime.Steps(self.TextLength);
        try
        {
            return new JsValue(self.Text(runtime).Normalize(form));
        }
        catch (ArgumentException)
        {
            return self; // half of a surrogate pair: JavaScript leaves it as it is
        }
    }

    private static JsValue Pad(JsValue self, JsValue[] args, Runtime runtime, bool atStart)
    {
        var length = args.Integer(0, runtime);
        var filler = args.At(1).IsUndefined ? " " : Operators.ToText(args.At(1), runtime);
        if (!(length > self.TextLength) || filler.Length == 0)
        {
            return self;
        }

        runtime.AllocateText((long)Math.Min(length, 1e18));
        var text = self.Text(runtime);
        var padding = (int)length - text.Length;
        runtime.Steps(padding >> 4);
        var made = string.Create((int)length, (text, filler, padding, atStart), static (span, state) =>
        {
            var fill = state.atStart ? span[..state.padding] : span[state.text.Length..];
            state.text.CopyTo(state.atStart ? span[state.padding..] : span);
            for (var i = 0; i < fill.Length; i++)
            {
                fill[i] = state.filler[i % state.filler.Length];
            }
        });
        return new JsValue(made);
    }

    private static JsValue Repeat(Runtime runtime, JsValue self, JsValue[] args)
    {
        var count = args.Integer(0, runtime);
        if (count < 0 || double.IsInfinity(count))
        {
            throw runtime.RangeError("repeat demande un nombre positif et fini.");
        }

        if (count == 0 || self.TextLength == 0)
        {
            return JsValue.EmptyText;
        }

        runtime.AllocateText((long)Math.Min(count * self.TextLength, 1e18));
        runtime.Steps((long)(count * self.TextLength) >> 6);
        return new JsValue(new StringBuilder().Insert(0, self.Text(runtime), (int)count).ToString());
    }

    private static JsValue Replace(string text, JsValue[] args, Runtime runtime, bool all)
    {
        var needle = Needle(args, runtime);
        var function = args.At(1).Function;
        var replacement = function is null ? Operators.ToText(args.At(1), runtime) : "";
        var result = new StringBuilder();
        var copied = 0;
        for (var start = 0; start <= text.Length;)
        {
            var found = TextSearch.IndexOf(text, needle, start, runtime);
            if (found < 0)
            {
                break;
            }

            var put = function is null
                ? Expand(replacement, text, needle, found, runtime)
                : Operators.ToText(function.Call(runtime, [new JsValue(needle), new JsValue(found), new JsValue(text)]), runtime);
            runtime.AllocateText((long)put.Length + found - copied);
            runtime.Steps(1 + (put.Length >> 6));
            result.Append(text, copied, found - copied).Append(put);
            copied = found + needle.Length;
            start = found + Math.Max(needle.Length, 1);
            if (!all)
            {
                break;
            }
        }

        if (copied == 0 && result.Length == 0)
        {
            return new JsValue(text);
        }

        runtime.AllocateText(text.Length - copied);
        return new JsValue(result.Append(text, copied, text.Length - copied).ToString());
    }

    /// <summary>$$, $&amp;, $` and $' in a replacement text.</summary>
    private static string Expand(string replacement, string text, string needle, int at, Runtime runtime)
    {
        if (!replacement.Contains('$'))
        {
            return replacement;
        }

        var result = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            var next = replacement[i] == '$' && i + 1 < replacement.Length ? replacement[i + 1] : ' ';
            var part = next switch
            {
                '$' => "$",
                '&' => needle,
                '`' => text.AsSpan(0, at),
                '\'' => text.AsSpan(at + needle.Length),
                _ => replacement.AsSpan(i, 1)
            };
            i += next is '$' or '&' or '`' or '\'' ? 1 : 0;
            runtime.AllocateText(part.Length);
            runtime.Steps(1 + (part.Length >> 6));
            result.Append(part);
        }

        return result.ToString();
    }

    private static JsValue Slice(JsValue self, int start, int end, Runtime runtime)
    {
        if (start >= end)
        {
            return JsValue.EmptyText;
        }

        runtime.AllocateText(end - start);
        runtime.Steps((end - start) >> 6);
        return new JsValue(self.Text(runtime)[start..end]);
    }

    private static JsValue Substring(Runtime runtime, JsValue self, JsValue[] args)
    {
        var start = (int)Math.Clamp(args.Integer(0, runtime), 0, self.TextLength);
        var end = (int)Math.Clamp(args.Integer(1, runtime, self.TextLength), 0, self.TextLength);
        return Slice(self, Math.Min(start, end), Math.Max(start, end), runtime);
    }

    private static JsValue Substr(JsValue self, JsValue[] args, Runtime runtime)
    {
        var start = args.Relative(0, self.TextLength, runtime, 0);
        var length = Math.Clamp(args.Integer(1, runtime, self.TextLength), 0, self.TextLength - start);
        return Slice(self, start, start + (int)length, runtime);
    }

    private static JsValue Split(Runtime runtime, JsValue self, JsValue[] args)
    {
        var text = self.Text(runtime);
        var limit = args.At(1).IsUndefined ? uint.MaxValue : (uint)Operators.ToInt32(Operators.ToNumber(args.At(1), runtime));
        var parts = new JsArray();
        if (args.At(0).IsUndefined)
        {
            if (limit > 0)
            {
                parts.Add(self, runtime);
            }

            return new JsValue(parts);
        }

        var separator = Needle(args, runtime);
        if (separator.Length == 0)
        {
            for (var i = 0; i < text.Length && parts.Count < limit; i++)
            {
                runtime.Step();
                parts.Add(Operators.CharAt(text, i), runtime);
            }

            return new JsValue(parts);
        }

        for (var start = 0; parts.Count < limit;)
        {
            runtime.Step();
            var found = TextSearch.IndexOf(text, separator, start, runtime);
            var end = found < 0 ? text.Length : found;
            runtime.AllocateText(end - start);
            parts.Add(new JsValue(text[start..end]), runtime);
            if (found < 0)
            {
                break;
            }

            start = found + separator.Length;
        }

        return new JsValue(parts);
    }
}
