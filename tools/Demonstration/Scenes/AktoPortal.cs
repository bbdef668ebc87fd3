using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>A person at the Sandbox's AKTO portal, four pages and a recap: this OPCO has no portal script, what the copilote is for.</summary>
internal sealed class AktoPortal(Visitor person)
{
    private const string Portal = "/portails/akto";

    /// <summary>Files the request, or finds it when it is already there; gives the portal's number and its receipt.</summary>
    public async Task<(string Reference, byte[] Receipt)> FileAsync(Scene scene, IReadOnlyDictionary<string, byte[]> pieces)
    {
        await SignInAsync();
        var list = await person.ReadAsync(Portal + "/demandes?reference=" + scene.Numero);
        var row = list.Document.QuerySelectorAll("#demandes tbody tr").FirstOrDefault(x => x.TextContent.Contains(scene.Numero, StringComparison.Ordinal));
        var reference = row is not null ? WebPage.Clean(row.QuerySelector("a")!.TextContent) : await TypeAsync(scene, pieces);
        return (reference, await person.DownloadAsync($"{Portal}/demandes/{reference}/accuse.pdf"));
    }

    private async Task SignInAsync()
    {
        // The page itself says which account plays the demonstration.
        var page = await person.ReadAsync(Portal);
        if (page.HasButton("Se connecter") && page.Document.QuerySelectorAll(".note code").Select(x => x.TextContent).ToList() is [var user, var password])
        {
            await person.SendAsync(page.Form("Se connecter").Type("Adresse e-mail", user).Type("Mot de passe", password));
        }
    }

    private async Task<string> TypeAsync(Scene scene, IReadOnlyDictionary<string, byte[]> pieces)
    {
        var (employee, training, contact) = (scene.Employees.Single(), scene.Training, scene.Contact);
        var (start, end) = Dates(await scene.DossierAsync());
        var page = await person.PressAsync(await person.ReadAsync(Portal + "/tableau-de-bord"), "Nouvelle demande de prise en charge");
        page = await person.SendAsync(page.Form("Étape suivante")
            .Type("SIRET", contact.Siret).Type("Raison sociale", contact.Company).Type("IDCC de la convention collective", "3043").Type("Effectif de l'entreprise", "24")
            .Type("Nom et prénom du contact", contact.Name).Type("Adresse e-mail du contact", contact.Email));
        page = await person.SendAsync(page.Form("Étape suivante")
            .Type("Nom", employee.LastName).Type("Prénom", employee.FirstName).Type("Date de naissance", employee.BirthDate).Type("Emploi occupé", employee.Job)
            .Type("Type de contrat", employee.Contract).Type("Catégorie socioprofessionnelle", employee.Category));
        page = await person.SendAsync(page.Form("Étape suivante")
            .Tick("Action de formation").Type("Intitulé de l'action", training.Title).Type("Date de début", start).Type("Date de fin", end)
            .Type("Durée en heures", training.Hours).Tick("En présentiel").Type("Coût pédagogique HT (€)", training.Cost)
            .Type("Numéro de déclaration d'activité (NDA)", "00000000002").Type("Nom de l'organisme", "Haguenau Formation (démonstration)"));
        var form = page.Form("Voir le récapitulatif").Type("Votre référence", scene.Numero);
        foreach (var (label, name) in new[] { ("Devis", "Devis"), ("Programme", "Programme"), ("Convention signée", "Convention"), ("Mandat de dépôt", "Mandat"), ("Liste des salariés", "Liste"), ("Certificat Qualiopi", "Qualiopi") })
        {
            if (pieces.FirstOrDefault(x => x.Key.Contains(name, StringComparison.OrdinalIgnoreCase)) is { Value: { } content } piece)
            {
                form.Attach(label, piece.Key, content);
            }
        }

        var recap = await person.SendAsync(form);
        var receipt = await person.SendAsync(recap.Form("Transmettre la demande").Tick("Je certifie"));
        return receipt.TextOf("numero-dossier") ?? throw new DemonstrationException($"Le portail n'a pas donné de numéro : {receipt.Complaints}");
    }

    /// <summary>As the dossier says them, which may have been typed on another day.</summary>
    private static (string Start, string End) Dates(WebPage sheet)
    {
        var shown = sheet.Document.QuerySelectorAll("dt").First(x => WebPage.Clean(x.TextContent) == "Dates").NextElementSibling!;
        var words = WebPage.Clean(shown.TextContent).Replace(",", "", StringComparison.Ordinal).Split(' ');
        return (words[1], words[3]);
    }
}
