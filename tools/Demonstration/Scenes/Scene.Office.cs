using System.IO.Compression;
using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>What the operator and the OPCO's agent do.</summary>
public sealed partial class Scene
{
    public async Task UntouchedAsync() => _ = await TaskAsync("Valider la demande", "Analyse du besoin");

    public async Task ValidateAsync()
    {
        if (await TaskAsync("Valider la demande", "Analyse du besoin") is { } task)
        {
            await (await OperatorAsync()).PressAsync(task, "Valider la demande");
        }
    }

    public async Task AskComplementsAsync(IReadOnlyList<string> missing, string message)
    {
        if (await TaskAsync("Valider la demande", "Pièces manquantes") is not { } task)
        {
            return;
        }

        var form = task.Form("Demander des compléments").Type("Message à l’entreprise", message);
        foreach (var item in missing)
        {
            form.Tick(item);
        }

        await (await OperatorAsync()).SendAsync(form);
        await ReachAsync("Pièces manquantes");
    }

    /// <summary>The bot has filled the portal and stopped.</summary>
    public async Task<WebPage?> FilledAsync() => await TaskAsync("Confirmer les valeurs avant transmission", "Déposé");

    public async Task ConfirmAsync()
    {
        if (await FilledAsync() is { } task)
        {
            Step = "confirmer le dépôt";
            await (await OperatorAsync()).PressAsync(task, "Confirmer ces valeurs");
        }

        await ReachAsync("En instruction");
    }

    /// <summary>The deposit by hand: the copilote's package, the OPCO's portal, then reference and receipt.</summary>
    public async Task FileByHandAsync()
    {
        if (await TaskAsync("Déposer la demande sur le portail", "Déposé") is not { } task)
        {
            return;
        }

        var person = await OperatorAsync();
        Step = "télécharger le paquet";
        var pieces = Unzip(await person.DownloadAsync($"/dossiers/{Numero}/depot?handler=Paquet"));
        Step = "saisir la demande sur le portail de l'OPCO";
        var (reference, receipt) = await new AktoPortal(Outside).FileAsync(this, pieces);
        Step = "enregistrer le dépôt";
        await person.SendAsync(task.Form("Déposé").Type("Référence donnée par le portail", reference).Attach("Accusé de réception", $"recepisse-{reference}.pdf", receipt));
        await ReachAsync("En instruction");
    }

    /// <summary>The OPCO's agent asks for something; the operator, who follows this portal by hand, records it.</summary>
    public async Task OpcoAsksAsync(string opco, string text, string piece)
    {
        if (await TaskAsync("Saisir la réponse de l'OPCO", "Complément demandé") is not { } task)
        {
            return;
        }

        Step = "demander un complément, en agent de l'OPCO";
        var reference = Fact(await DossierAsync(), "Référence");
        var agent = await Outside.ReadAsync($"/agent/{opco}/{reference}");
        if (!agent.Has(text))
        {
            await Outside.SendAsync(agent.Form("Demander le complément").Type("Ce qui manque", text).Type("Pièces attendues", piece));
        }

        Step = "relever le complément demandé";
        await (await OperatorAsync()).SendAsync(task.Form("Enregistrer la demande de complément").Type("Ce que l’OPCO demande", text).Type("Pièces demandées", piece));
        await ReachAsync("Complément demandé");
        await TaskAsync("Répondre au complément demandé par l'OPCO", "Accord partiel");
    }

    /// <summary>The OPCO's agent grants a part; the bot reads it back when the operator asks for it.</summary>
    public async Task OpcoGrantsAsync(string opco, string amount, string accord)
    {
        Step = "accorder une partie, en agent de l'OPCO";
        var dossier = await DossierAsync();
        if (Rank(StateOf(dossier)) >= Rank("Accord partiel"))
        {
            return;
        }

        var agent = await Outside.ReadAsync($"/agent/{opco}/{Fact(dossier, "Référence")}");
        if (agent.HasButton("Accorder"))
        {
            await Outside.SendAsync(agent.Form("Accorder").Type("Montant accordé", amount).Type("Numéro d'accord", accord));
        }

        Step = "relire le portail";
        var person = await OperatorAsync();
        await person.UntilAsync("la réponse de l'OPCO relue par le robot", async () =>
        {
            var page = await DossierAsync();
            if (Rank(StateOf(page)) >= Rank("Accord partiel"))
            {
                return page;
            }

            if (page.HasButton("Relire le portail maintenant"))
            {
                await person.PressAsync(page, "Relire le portail maintenant");
            }

            return null;
        });
    }

    public async Task AcceptRemainderAsync()
    {
        Step = "accepter le reste à charge";
        var person = await CompanyAsync();
        await person.UntilAsync("la demande d'accepter le reste à charge", async () =>
        {
            if (Rank(await StateAsync()) >= Rank("Accordé"))
            {
                return Numero;
            }

            var page = await person.ReadAsync($"/espace/dossiers/{Numero}");
            return page.HasButton("Accepter") ? (await person.PressAsync(page, "Accepter")).Title : null;
        });
        await ReachAsync("Accordé");
    }

    private static Dictionary<string, byte[]> Unzip(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return archive.Entries.ToDictionary(x => x.Name, x =>
        {
            using var content = new MemoryStream();
            using var entry = x.Open();
            entry.CopyTo(content);
            return content.ToArray();
        });
    }
}
