using MonOPCO.Sandbox.Pages;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Sandbox.Agent;

internal static class AgentPages
{
    public static IResult List(PortalSite site, IReadOnlyList<PortalDossier> dossiers) => Frame(site).Page("Demandes reçues", Html.Of($"""
        <h1>Demandes reçues</h1>
        <p class="chapeau">Vous êtes l'agent de {site.Name}. Ce que vous décidez ici apparaît aussitôt sur le portail de l'entreprise.</p>
        {(dossiers.Count == 0 ? Html.Of($"<p class=\"vide\">Aucune demande reçue.</p>") : Html.Of($"""
            <div class="defile" role="region" aria-label="Demandes reçues" tabindex="0"><table id="demandes">
            <thead><tr><th scope="col">Numéro</th><th scope="col">Entreprise</th><th scope="col">Action</th><th scope="col">Coût HT</th><th scope="col">Reçue le</th><th scope="col">Statut</th></tr></thead>
            <tbody>{Html.Join(dossiers.Reverse(), d => Html.Of($"""
                <tr><td><a href="/agent/{site.Slug}/{d.PortalRef}">{d.PortalRef}</a></td><td>{d.Entreprise.RaisonSociale}</td><td>{d.Action.Intitule}</td><td class="nombre">{Fr.Euros(d.Action.CoutHt)}</td><td>{Fr.DateTime(d.DeposeLe)}</td><td><span class="pastille {d.Statut}">{PortalStatus.Label(d.Statut)}</span></td></tr>
                """))}</tbody></table></div>
            """))}
        <h2>Changer d'OPCO</h2>
        <p class="liens">{Html.Join(PortalSites.All.Where(s => s.Slug != site.Slug), s => Html.Of($"<a href=\"/agent/{s.Slug}\">{s.Name}</a> "))}</p>
        """));

    public static IResult Detail(PortalSite site, PortalDossier d, string? error) => Frame(site).Page(d.PortalRef, Html.Of($"""
        <p><a href="/agent/{site.Slug}">← Demandes reçues</a></p>
        <h1>Demande {d.PortalRef}</h1>
        <p>Statut : <strong id="statut" class="pastille {d.Statut}">{PortalStatus.Label(d.Statut)}</strong></p>
        {Html.If(error is not null, $"<div id=\"erreurs\" class=\"erreurs\" role=\"alert\"><p>{error}</p></div>")}
        {PortalPages.Decision("decision", d)}
        {(PortalStatus.IsDecided(d.Statut) ? Html.Empty : Forms(site, d))}
        {PortalPages.Facts(d, "Référence du déposant")}
        {PortalPages.Pieces(d, i => $"/agent/{site.Slug}/{d.PortalRef}/pieces/{i}")}
        {PortalPages.Messages(d)}
        """), error is null ? 200 : 422);

    public static IResult NotFound() => Layout.Sandbox.Page("Introuvable", Html.Of($"<h1>Demande introuvable</h1><p><a href=\"/agent\">Retour aux demandes</a></p>"), 404);

    private static Html Forms(PortalSite site, PortalDossier d) => Html.Of($"""
        <h2>Votre décision</h2>
        <div class="actes">
        <details class="groupe" id="acte-complement"><summary>Demander un complément</summary>
        <form method="post" action="/agent/{site.Slug}/{d.PortalRef}/complement" id="form-demande-complement">
        <div class="champ large"><label for="texte">Ce qui manque</label><textarea id="texte" name="texte" rows="3"></textarea></div>
        <div class="champ large"><label for="pieces-demandees">Pièces attendues <span class="facultatif">(une par ligne, facultatif)</span></label><textarea id="pieces-demandees" name="pieces" rows="3"></textarea></div>
        <p><button>Demander le complément</button></p></form></details>
        <details class="groupe" id="acte-accord"><summary>Accorder, en tout ou partie</summary>
        <form method="post" action="/agent/{site.Slug}/{d.PortalRef}/accord" id="form-accord">
        <div class="champ"><label for="montant">Montant accordé HT (€)</label><span class="aide">Demandé : {Fr.Euros(d.Action.CoutHt)}. Un montant ou un nombre d'heures moindre fait un accord partiel.</span><input id="montant" name="montant" value="{d.Action.CoutHt.ToString("0.00", System.Globalization.CultureInfo.GetCultureInfo("fr-FR"))}" inputmode="decimal"></div>
        <div class="champ"><label for="heures">Heures accordées</label><input id="heures" name="heures" value="{Fr.Number(d.Action.Heures)}" inputmode="decimal"></div>
        <div class="champ"><label for="circuit">Circuit de paiement</label><select id="circuit" name="circuit">{Html.Join(PortalCodes.Circuits, c => Html.Of($"<option value=\"{c.Code}\"{Html.If(c.Code == "remboursement", $" selected")}>{c.Label}</option>"))}</select></div>
        <div class="champ"><label for="numeroAccord">Numéro d'accord <span class="facultatif">(sinon attribué)</span></label><input id="numeroAccord" name="numeroAccord"></div>
        <div class="champ large"><label for="message-accord">Message <span class="facultatif">(facultatif)</span></label><textarea id="message-accord" name="message" rows="2"></textarea></div>
        <p><button>Accorder</button></p></form></details>
        <details class="groupe" id="acte-refus"><summary>Refuser</summary>
        <form method="post" action="/agent/{site.Slug}/{d.PortalRef}/refus" id="form-refus">
        <div class="champ"><label for="motif">Motif</label><select id="motif" name="motif"><option value="">Choisir…</option>{Html.Join(PortalCodes.Motifs, m => Html.Of($"<option value=\"{m.Code}\">{m.Label}</option>"))}</select></div>
        <div class="champ large"><label for="message-refus">Message <span class="facultatif">(facultatif)</span></label><textarea id="message-refus" name="message" rows="2"></textarea></div>
        <p><button>Refuser</button></p></form></details>
        </div>
        """);

    private static Layout Frame(PortalSite site) => new(site.Theme, site.Name, "Côté agent de l'OPCO", $"/agent/{site.Slug}", [($"/agent/{site.Slug}", "Demandes reçues"), (site.Path(""), "Portail de l'entreprise")]);
}
