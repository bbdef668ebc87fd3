using MonOPCO.Sandbox.Pages;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Sandbox.Agent;

/// <summary>What the agent typed, for whichever act. `Partiel` makes an accord partial; without it the amounts decide.</summary>
internal sealed record AgentRequest
{
    public string? Texte { get; init; }
    public IReadOnlyList<string> Pieces { get; init; } = [];
    public decimal? Montant { get; init; }
    public string? Circuit { get; init; }
    public string? NumeroAccord { get; init; }
    public decimal? Heures { get; init; }
    public bool? Partiel { get; init; }
    public string? Motif { get; init; }
    public string? Message { get; init; }

    public static AgentRequest From(IFormCollection form) => new()
    {
        Texte = form["texte"],
        Pieces = form["pieces"].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        // Something typed but unreadable must be refused, not taken for empty: -1 fails the checks.
        Montant = Number(form["montant"]),
        Heures = Number(form["heures"]),
        Circuit = form["circuit"],
        NumeroAccord = form["numeroAccord"],
        Motif = form["motif"],
        Message = form["message"]
    };

    private static decimal? Number(string? text) => string.IsNullOrWhiteSpace(text) ? null : Fr.TryAmount(text, out var value) ? value : -1;
}

/// <summary>The acts themselves. Each returns a complaint, or null when done.</summary>
internal static class AgentActs
{
    public static string? Perform(PortalStore store, string slug, string number, string act, AgentRequest request)
    {
        var site = PortalSites.Find(slug)!;
        string? complaint = null;
        store.Update(slug, number, (dossier, now) =>
        {
            (var changed, complaint) = act switch
            {
                _ when PortalStatus.IsDecided(dossier.Statut) => (dossier, "Cette demande a déjà reçu une décision."),
                "complement" => Complement(dossier, request, site, now),
                "accord" => Accord(dossier, request, site, now),
                "refus" => Refus(dossier, request, site, now),
                _ => (dossier, "Acte inconnu.")
            };
            return changed;
        });
        return complaint;
    }

    private static (PortalDossier, string?) Complement(PortalDossier d, AgentRequest r, PortalSite site, DateTimeOffset now) =>
        string.IsNullOrWhiteSpace(r.Texte) ? (d, "Écrivez ce qui manque.") : (d with
        {
            Statut = PortalStatus.ComplementDemande,
            Complement = new PortalComplement(r.Texte.Trim(), r.Pieces, now),
            Messages = [.. d.Messages, new PortalEvent(now, site.Name, $"Complément demandé : {r.Texte.Trim()}{(r.Pieces.Count > 0 ? $" (pièces : {string.Join(", ", r.Pieces)})" : "")}")]
        }, null);

    private static (PortalDossier, string?) Accord(PortalDossier d, AgentRequest r, PortalSite site, DateTimeOffset now)
    {
        if (r.Montant is not > 0 || r.Montant > d.Action.CoutHt)
        {
            return (d, $"Le montant accordé est compris entre 0,01 et {Fr.Euros(d.Action.CoutHt)}.");
        }

        if (r.Heures is <= 0 || r.Heures > d.Action.Heures)
        {
            return (d, $"Les heures accordées ne dépassent pas {Fr.Number(d.Action.Heures)}.");
        }

        var circuit = string.IsNullOrEmpty(r.Circuit) ? "remboursement" : r.Circuit;
        if (!PortalCodes.Circuits.Any(c => c.Code == circuit))
        {
            return (d, "Circuit inconnu : subrogation, remboursement ou mixte.");
        }

        var hours = r.Heures ?? d.Action.Heures;
        var partial = r.Partiel ?? (r.Montant < d.Action.CoutHt || hours < d.Action.Heures);
        var accord = string.IsNullOrWhiteSpace(r.NumeroAccord) ? "ACC-" + d.PortalRef[(d.PortalRef.IndexOf('-', StringComparison.Ordinal) + 1)..] : r.NumeroAccord.Trim();
        return (d with
        {
            Statut = partial ? PortalStatus.AccordeePartiellement : PortalStatus.Accordee,
            Decision = new PortalDecision(partial ? "accord-partiel" : "accord", now, r.Montant, circuit, accord, hours, Message: r.Message),
            Messages = [.. d.Messages, new PortalEvent(now, site.Name, $"Accord {accord} : {Fr.Euros(r.Montant.Value)} HT sur {Fr.Euros(d.Action.CoutHt)}.")]
        }, null);
    }

    private static (PortalDossier, string?) Refus(PortalDossier d, AgentRequest r, PortalSite site, DateTimeOffset now) =>
        !PortalCodes.Motifs.Any(m => m.Code == r.Motif) ? (d, $"Choisissez un motif : {string.Join(", ", PortalCodes.Motifs.Select(m => m.Code))}.") : (d with
        {
            Statut = PortalStatus.Refusee,
            Decision = new PortalDecision("refus", now, Motif: r.Motif, Message: r.Message),
            Messages = [.. d.Messages, new PortalEvent(now, site.Name, $"Refus : {PortalCodes.Label(PortalCodes.Motifs, r.Motif)}.")]
        }, null);
}
