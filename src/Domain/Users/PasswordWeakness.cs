using System.Globalization;
using System.Text;

namespace MonOPCO.Domain.Users;

/// <summary>Why a long password is weak all the same: it is a common one dressed up, a run, or the person's own name. The list is ours and shipped; nothing is asked of the outside.</summary>
public static class PasswordWeakness
{
    private static readonly HashSet<string> Common = [.. ReadList()];

    /// <summary>A sentence, or null when nothing is wrong with it.</summary>
    public static string? Of(string password, params string?[] personal)
    {
        var plain = Plain(password);
        if (plain.Distinct().Count() < 5)
        {
            return "Utilisez au moins cinq caractères différents.";
        }

        if (IsRun(plain) || IsRepetition(plain))
        {
            return "Ce mot de passe est une suite ou une répétition : il serait essayé parmi les premiers. Une phrase de quelques mots convient mieux.";
        }

        var bare = plain.Trim("0123456789!?.*-_+#@$&% ".ToCharArray());
        if (Common.Contains(plain) || Common.Contains(bare) || Common.Contains(Plain(Undress(password))) || Common.Contains(Plain(Undress(bare))) || MadeOfCommon(bare))
        {
            return "Ce mot de passe est parmi les plus courants : il serait essayé parmi les premiers. Une phrase de quelques mots convient mieux.";
        }

        foreach (var word in personal.Select(x => Plain(x ?? "")).SelectMany(x => new[] { x, x.Split('@')[0] }).Where(x => x.Length >= 4))
        {
            if (plain.Replace(word, "", StringComparison.Ordinal).Count(char.IsLetterOrDigit) < 6)
            {
                return "Ce mot de passe est trop proche de votre nom ou de votre adresse.";
            }
        }

        return null;
    }

    // « motdepassemotdepasse », « azertyazerty123 »: made of common words alone.
    private static bool MadeOfCommon(string text)
    {
        if (text.Length is 0 or > 64)
        {
            return false;
        }

        var reached = new bool[text.Length + 1];
        reached[0] = true;
        for (var end = 1; end <= text.Length; end++)
        {
            for (var start = Math.Max(0, end - 16); start < end && !reached[end]; start++)
            {
                var part = text[start..end];
                reached[end] = reached[start] && (char.IsDigit(text[end - 1]) && end - start == 1 || Common.Contains(part));
            }
        }

        return reached[^1];
    }

    private static bool IsRepetition(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (length <= 6 && Enumerable.Range(length, text.Length - length).All(i => text[i] == text[i - length]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRun(string text)
    {
        string[] rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm"];
        return rows.Any(row => row.Contains(text, StringComparison.Ordinal) || row.Contains(new string([.. text.Reverse()]), StringComparison.Ordinal));
    }

    private static string Undress(string text) => new([.. text.Select(x => x switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', _ => x })]);

    private static string Plain(string text) =>
        new([.. text.Normalize(NormalizationForm.FormD).Where(x => CharUnicodeInfo.GetUnicodeCategory(x) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpaceSeparator)).Select(char.ToLowerInvariant)]);

    private static IEnumerable<string> ReadList()
    {
        using var stream = typeof(PasswordWeakness).Assembly.GetManifestResourceStream("MonOPCO.Domain.Users.mots-de-passe-courants.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return Plain(line);
            }
        }
    }
}
