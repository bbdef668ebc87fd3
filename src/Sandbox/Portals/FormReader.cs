using System.Globalization;
using System.Net.Mail;
using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>Reads and checks one page of a portal's form, with the strictness and the words of a real one.</summary>
internal static class FormReader
{
    public const int MaxFileBytes = 10 * 1024 * 1024;
    public const int MaxRows = 30;

    /// <summary>Stores what was typed in the draft and returns the complaints: input id → sentence.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(FormStep step, Draft draft, IFormCollection form, Vault vault)
    {
        var errors = new Dictionary<string, string>();
        foreach (var field in step.Expand(draft.Rows))
        {
            if (field.Kind == FieldKind.File)
            {
                await ReadFileAsync(field, draft, form, vault, errors);
                continue;
            }

            var text = field.Kind == FieldKind.SplitDate ? Joined(form, field.Name) : form[field.Name].ToString().Trim();
            draft.Values[field.Key] = text;
            if (text.Length == 0)
            {
                if (field.Required)
                {
                    errors[field.Id] = $"Le champ «\u00a0{field.Label}\u00a0» est obligatoire.";
                }
            }
            else if (text.Length > 2000)
            {
                errors[field.Id] = $"«\u00a0{field.Label}\u00a0» : 2 000 caractères au plus.";
            }
            else if (Complaint(field, text) is { } complaint)
            {
                errors[field.Id] = complaint;
            }
        }

        CheckTogether(step, draft, errors);
        return errors;
    }

    private static void CheckTogether(FormStep step, Draft draft, Dictionary<string, string> errors)
    {
        var fields = step.Expand(0).ToDictionary(f => f.Key);
        if (fields.TryGetValue("dateFin", out var end) && Fr.TryDate(draft["dateDebut"], out var from) && Fr.TryDate(draft["dateFin"], out var to) && to < from)
        {
            errors.TryAdd(end.Id, "La date de fin précède la date de début.");
        }

        if (fields.TryGetValue("heures", out var hours) && draft["type"] is "BILAN" or "BC" && Fr.TryAmount(draft["heures"], out var h) && h > 24)
        {
            errors.TryAdd(hours!.Id, "La durée d'un bilan de compétences ne dépasse pas 24 heures.");
        }
    }

    private static string? Complaint(FormField field, string text) => field.Kind switch
    {
        FieldKind.Siret when !IsSiret(Digits(text)) => "Le SIRET n'est pas valide : 14 chiffres attendus.",
        FieldKind.Idcc when text.Length != 4 || !text.All(char.IsAsciiDigit) => "L'IDCC compte 4 chiffres.",
        FieldKind.Nda when Digits(text).Length != 11 || !Digits(text).All(char.IsAsciiDigit) => "Le numéro de déclaration d'activité compte 11 chiffres.",
        FieldKind.Email when !MailAddress.TryCreate(text, out _) => "L'adresse e-mail n'est pas valide.",
        FieldKind.Integer when !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) => $"«\u00a0{field.Label}\u00a0» : nombre entier attendu.",
        FieldKind.Hours when !Fr.TryAmount(text, out var hours) || hours <= 0 => $"«\u00a0{field.Label}\u00a0» : nombre d'heures attendu, par exemple 24 ou 17,5.",
        FieldKind.Amount when !Fr.TryAmount(text, out _) => $"«\u00a0{field.Label}\u00a0» : montant attendu avec une virgule, par exemple 2 400,00.",
        FieldKind.Amount when Fr.TryAmount(text, out var amount) && (amount <= 0 || decimal.Round(amount, 2) != amount) => $"«\u00a0{field.Label}\u00a0» : montant positif, deux décimales au plus.",
        FieldKind.Date or FieldKind.SplitDate when !Fr.TryDate(text, out _) => $"«\u00a0{field.Label}\u00a0» : date attendue au format jj/mm/aaaa.",
        FieldKind.Select or FieldKind.Radio when !field.Options.Any(o => o.Value == text) => $"«\u00a0{field.Label}\u00a0» : choisissez une valeur de la liste.",
        _ => null
    };

    private static async Task ReadFileAsync(FormField field, Draft draft, IFormCollection form, Vault vault, Dictionary<string, string> errors)
    {
        if (form.Files.GetFile(field.Name) is { Length: > 0 } file)
        {
            var (piece, complaint) = await TakeAsync(file, field.Key, field.Label, vault);
            if (piece is not null)
            {
                draft.Pieces[field.Key] = piece;
            }
            else
            {
                errors[field.Id] = $"«\u00a0{field.Label}\u00a0» : {complaint}";
                return;
            }
        }

        if (field.Required && !draft.Pieces.ContainsKey(field.Key))
        {
            errors[field.Id] = $"La pièce «\u00a0{field.Label}\u00a0» est obligatoire.";
        }
    }

    /// <summary>Accepts one uploaded PDF into the vault, or says why not.</summary>
    public static async Task<(PortalPiece? Piece, string? Complaint)> TakeAsync(IFormFile file, string code, string label, Vault vault)
    {
        if (file.Length > MaxFileBytes)
        {
            return (null, "le fichier dépasse 10 Mo.");
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content);
        var bytes = content.ToArray();
        return bytes.AsSpan().StartsWith("%PDF-"u8)
            ? (new PortalPiece(code, label, System.IO.Path.GetFileName(file.FileName), bytes.Length, vault.Keep(bytes)), null)
            : (null, "le fichier doit être un PDF.");
    }

    public static string Digits(string text) => new([.. text.Where(c => !char.IsWhiteSpace(c))]);

    /// <summary>Luhn over the 14 digits; for La Poste the sum of the digits is a multiple of five instead.</summary>
    public static bool IsSiret(string text)
    {
        if (text.Length != 14 || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        var luhn = text.Reverse().Select((c, i) => i % 2 == 0 ? c - '0' : (c - '0') * 2 > 9 ? ((c - '0') * 2) - 9 : (c - '0') * 2).Sum();
        return luhn % 10 == 0 || (text.StartsWith("356000000", StringComparison.Ordinal) && text.Sum(c => c - '0') % 5 == 0);
    }

    // Day, month and year in three boxes; "3" and "03" are the same day.
    private static string Joined(IFormCollection form, string name)
    {
        string[] parts = [form[name + "_j"].ToString().Trim(), form[name + "_m"].ToString().Trim(), form[name + "_a"].ToString().Trim()];
        return parts.All(p => p.Length == 0) ? "" : $"{parts[0].PadLeft(2, '0')}/{parts[1].PadLeft(2, '0')}/{parts[2]}";
    }
}
