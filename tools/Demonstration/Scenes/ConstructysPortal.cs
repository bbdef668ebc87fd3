using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>A person at the Sandbox's Constructys portal: one long page, other words than ours.</summary>
internal sealed class ConstructysPortal(Visitor person)
{
    private const string Portal = "/portails/constructys";

    /// <summary>Files the request, or finds it when it is already there; gives the portal's number and its receipt.</summary>
    public async Task<(string Reference, byte[] Receipt)> FileAsync(Scene scene, IReadOnlyDictionary<string, byte[]> pieces)
    {
        await SignInAsync();
        var list = await person.ReadAsync(Portal + "/dpc?ref_interne=" + scene.Numero);
        var row = list.Document.QuerySelectorAll("#demandes tbody tr").FirstOrDefault(x => x.TextContent.Contains(scene.Numero, StringComparison.Ordinal));
        var reference = row is not null ? WebPage.Clean(row.QuerySelector("a")!.TextContent) : await TypeAsync(scene, pieces);
        return (reference, await person.DownloadAsync($"{Portal}/dpc/{reference}/recepisse.pdf"));
    }

    private async Task SignInAsync()
    {
        // The page itself says which account plays the demonstration.
        var page = await person.ReadAsync(Portal);
        if (page.HasButton("Valider") && page.Document.QuerySelectorAll(".note code").Select(x => x.TextContent).ToList() is [var user, var password])
        {
            await person.SendAsync(page.Form("Valider").Type("Courriel de l'adhérent", user).Type("Code secret", password));
        }
    }

    private async Task<string> TypeAsync(Scene scene, IReadOnlyDictionary<string, byte[]> pieces)
    {
        var (employee, training, contact) = (scene.Employees.Single(), scene.Training, scene.Contact);
        var sheet = await scene.DossierAsync();
        var page = await person.PressAsync(await person.ReadAsync(Portal + "/adherent/accueil"), "Saisir une DPC");
        var form = page.Form("Enregistrer et transmettre la DPC")
            .Type("N° SIRET de l'établissement", contact.Siret).Type("Dénomination", contact.Company).Type("Convention collective", "1597").Type("Tranche d'effectif", "De 11 à 49 salariés")
            .Type("Correspondant formation", contact.Name).Type("Courriel du correspondant", contact.Email)
            .Type("Nom de naissance", employee.LastName).Type("Prénom usuel", employee.FirstName).Type("Fonction", employee.Job).Type("Nature du contrat", employee.Contract).Type("Statut", "Ouvrier")
            .Type("Nature de l'action", "Action de formation").Type("Libellé du stage", training.Title).Type("N° de déclaration de l'organisme", "00000000002").Type("Organisme de formation", "Haguenau Formation (démonstration)")
            .Type("Nombre d'heures", training.Hours).Type("Modalité pédagogique", "Présentiel").Type("Prix de l'action HT", training.Cost).Type("Référence interne de votre dossier", scene.Numero);
        var (start, end) = Dates(sheet);
        foreach (var (group, date) in new[] { ("Né(e) le", employee.BirthDate), ("Début du stage", start), ("Fin du stage", end) })
        {
            var parts = date.Split('/');
            form.Type(group + "|Jour", parts[0]).Type(group + "|Mois", parts[1]).Type(group + "|Année", parts[2]);
        }

        foreach (var (label, name) in new[] { ("Devis de l'organisme", "Devis"), ("Programme du stage", "Programme"), ("Convention", "Convention"), ("Mandat", "Mandat"), ("Liste des stagiaires", "Liste"), ("Certificat qualité", "Qualiopi") })
        {
            if (pieces.FirstOrDefault(x => x.Key.Contains(name, StringComparison.OrdinalIgnoreCase)) is { Value: { } content } piece)
            {
                form.Attach(label, piece.Key, content);
            }
        }

        var receipt = await person.SendAsync(form);
        return receipt.TextOf("num_dpc") ?? throw new DemonstrationException($"Le portail n'a pas donné de numéro : {receipt.Complaints}");
    }

    /// <summary>As the dossier says them, which may have been typed on another day.</summary>
    private static (string Start, string End) Dates(WebPage sheet)
    {
        var shown = sheet.Document.QuerySelectorAll("dt").First(x => WebPage.Clean(x.TextContent) == "Dates").NextElementSibling!;
        var words = WebPage.Clean(shown.TextContent).Replace(",", "", StringComparison.Ordinal).Split(' ');
        return (words[1], words[3]);
    }
}
