using System.Text.RegularExpressions;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>Signatures, by the personal link and the code that each person receives.</summary>
public sealed partial class Scene
{
    public const string Devis = "Devis";
    public const string Mandat = "Mandat de dépôt";
    public const string Convention = "Convention";

    public Task SignAsCompanyAsync(string document) => SignAsync(document, contact.Email, contact.Name);

    public Task SignAsTrainingBodyAsync(string document) => SignAsync(document, Cast.ConsultantEmail, "l'organisme");

    public async Task SignAsEmployeesAsync(string document)
    {
        foreach (var person in employees)
        {
            await SignAsync(document, person.Email, person.FirstName);
        }
    }

    /// <summary>Waits until a link to sign was sent, and leaves it unopened.</summary>
    public async Task InvitedAsync(string document, string email)
    {
        Step = $"attendre que « {document} » soit proposé à la signature de {email}";
        await Mailbox.WaitAsync(email, "signer", words: $"{document} {Numero}");
    }

    private async Task SignAsync(string document, string email, string name)
    {
        Step = $"signer « {document} » pour {name}";
        using var signer = new Web.Visitor(host, stop);
        var invitation = await Mailbox.WaitAsync(email, "Document à signer", words: $"{document} {Numero}");
        var page = await signer.ReadAsync(invitation.LinkTo("/signature/"));
        if (page.Title.StartsWith("Merci", StringComparison.Ordinal))
        {
            return;
        }

        // A code asked for by a play that was cut is still good for some minutes; another one may not be asked for at once.
        if (!page.HasButton("Recevoir un autre code"))
        {
            page = await signer.PressAsync(page, "Recevoir le code");
        }

        var code = await Mailbox.WaitAsync(email, "code de signature", words: $"{document} {Numero}");
        var digits = CodePattern().Match(code.Text ?? "").Value;
        page = await signer.SendAsync(page.Form("Signer électroniquement").Tick("J").Type("Code", digits));
        if (!page.Title.StartsWith("Merci", StringComparison.Ordinal))
        {
            throw new Web.DemonstrationException($"La signature n'est pas enregistrée : {page.Complaints}");
        }
    }

    [GeneratedRegex(@"(?<![\d-])\d{6}(?!\d)")]
    private static partial Regex CodePattern();
}
