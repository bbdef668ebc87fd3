using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

/// <summary>
/// The search of .NET may compare the whole needle at each place (aaaa…b in aaaa…a). Searching window by window lets the clock stop it.
/// </summary>
internal static class TextSearch
{
    private const int WorkPerWindow = 1 << 22;

    public static int IndexOf(string text, string needle, int start, Runtime runtime)
    {
        if (needle.Length == 0)
        {
            return start;
        }

        var window = Math.Max(WorkPerWindow / needle.Length, 1);
        while (start + needle.Length <= text.Length)
        {
            var length = (int)Math.Min((long)window + needle.Length - 1, text.Length - start);
            var found = text.AsSpan(start, length).IndexOf(needle);
            runtime.Steps(1 + ((found < 0 ? length : found) >> 6));
            if (found >= 0)
            {
                return start + found;
            }

            start += window;
            if (length > 4096)
            {
                runtime.CheckTime();
            }
        }

        return -1;
    }

    public static int LastIndexOf(string text, string needle, int start, Runtime runtime)
    {
        for (var at = Math.Min(start, text.Length - needle.Length); at >= 0; at--)
        {
            runtime.Steps(1 + (needle.Length >> 6));
            if (string.CompareOrdinal(text, at, needle, 0, needle.Length) == 0)
            {
                return at;
            }
        }

        return -1;
    }
}
