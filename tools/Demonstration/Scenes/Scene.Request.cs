using System.Globalization;
using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>The company asks.</summary>
public sealed partial class Scene
{
    /// <summary>From the SIRET to the dossier's number. The same request typed twice gives the same number.</summary>
    public async Task RequestAsync()
    {
        Step = "faire la demande";
        var page = await BeginAsync();
        if (!page.HasButton("Continuer"))
        {
            throw new DemonstrationException($"La demande ne commence pas : page « {page.Title} ».");
        }

        page = await PeopleAsync(page);
        page = await ActionAsync(page);
        page = await _company!.SendAsync(page.Form("Envoyer la demande").Type("Contact dans l’entreprise", contact.Name).Type("Téléphone", contact.Phone));
        Numero = NumeroPattern().Match(page.Address.AbsolutePath) is { Success: true } found ? found.Groups[1].Value : throw new DemonstrationException($"La demande n'est pas partie : {page.Complaints}");
    }

    private async Task<WebPage> BeginAsync()
    {
        var start = Day(training.StartsIn);
        if (contact.Role is not null)
        {
            _company = null;
            var known = await CompanyAsync();
            var mine = await known.OpenAsync("/espace/demande");
            if (mine.Address.AbsolutePath == "/espace/demande")
            {
                return await known.SendAsync(mine.Form("Commencer").Tick(training.Kind).Type("Date de début", start));
            }
        }

        // Nobody knows this company yet: its address is proved first.
        _company = Anybody(host);
        var front = await _company.ReadAsync("/");
        var answer = await _company.SendAsync(front.Form("Finançable ?").Type("SIRET de l’établissement", contact.Siret).Tick(training.Kind).Type("Date de début", start));
        var ask = await _company.ReadAsync(answer.LinkTo("Faire une demande") ?? throw new DemonstrationException($"Aucune demande n'est possible pour {contact.Company} : {answer.TextOf("verdict")}"));
        var after = await Mailbox.LatestAsync(contact.Email);
        await _company.SendAsync(ask.Form("Recevoir le lien").Type("Votre prénom et votre nom", contact.Name).Type("Votre adresse électronique professionnelle", contact.Email));
        var mail = await Mailbox.WaitAsync(contact.Email, "demande", after);
        return await _company.PressAsync(await _company.ReadAsync(mail.LinkTo("/demande/confirmer")), "Continuer ma demande");
    }

    private async Task<WebPage> PeopleAsync(WebPage page)
    {
        Step = "indiquer les salariés";
        for (var i = 0; i < employees.Count; i++)
        {
            var (person, group) = (employees[i], i == 0 && !page.Has("Personne 1") ? "" : $"Personne {i + 1}|");
            var last = i == employees.Count - 1;
            page = await _company!.SendAsync(page.Form(last ? "Continuer" : "Ajouter une personne")
                .Type(group + "Prénom", person.FirstName).Type(group + "Nom", person.LastName).Type(group + "Date de naissance", person.BirthDate).Type(group + "Adresse électronique", person.Email)
                .Type(group + "Poste occupé", person.Job).Type(group + "Catégorie", person.Category).Type(group + "Contrat", person.Contract));
        }

        return page;
    }

    private async Task<WebPage> ActionAsync(WebPage page)
    {
        Step = "décrire l'action";
        return await _company!.SendAsync(page.Form("Continuer").Tick(training.TrainingBody)
            .Type("Intitulé", training.Title).Type("Début", Day(training.StartsIn)).Type("Fin", Day(training.EndsIn)).Type("Durée", training.Hours).Type("Coût pédagogique", training.Cost)
            .Type("Modalité", "En présence").Type("Lieu ou lien", training.Place).Type("Formateur ou consultant", training.Trainer).Type("Objectifs", training.Objectives).Type("Contenu", training.Content));
    }

    // A Saturday or Sunday would look odd on a convention.
    private static string Day(int fromToday)
    {
        var day = DateOnly.FromDateTime(DateTime.Today).AddDays(fromToday);
        day = day.AddDays(day.DayOfWeek switch { DayOfWeek.Saturday => 2, DayOfWeek.Sunday => 1, _ => 0 });
        return day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
    }
}
