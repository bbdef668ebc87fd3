using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

internal static class PortalPages
{
    public static IResult Login(PortalSite site, string? error) => Frame(site, member: false).Page(site.LoginTitle, Html.Of($"""
        <div class="etroit">
        <h1>{site.LoginTitle}</h1>
        {Html.If(error is not null, $"<div id=\"erreurs\" class=\"erreurs\" role=\"alert\"><p>{error}</p></div>")}
        <form method="post" id="form-connexion" action="{site.Path(site.LoginPath)}" class="groupe">
        {FormRenderer.Alone(site.User, "", "email", "username")}
        {FormRenderer.Alone(site.Password, "", "password", "current-password")}
        <p><button id="{site.LoginButtonId}">{site.LoginButton}</button></p>
        </form>
        <p class="note">Compte de démonstration : <code>{PortalSites.DemoUser}</code>, mot de passe <code>{PortalSites.DemoPassword}</code></p>
        </div>
        """), error is null ? 200 : 401);

    public static IResult Home(PortalSite site, IReadOnlyList<PortalDossier> dossiers) => Members(site, site.HomeTitle, Html.Of($"""
        <h1>{site.HomeTitle}</h1>
        <form method="post" action="{site.Path(site.NewPath)}"><button id="{site.NewButtonId}">{site.NewTitle}</button></form>
        <ul class="chiffres">
        <li><strong>{dossiers.Count}</strong><span>{(dossiers.Count > 1 ? "demandes" : "demande")}</span></li>
        <li><strong>{dossiers.Count(d => d.Statut == PortalStatus.ComplementDemande)}</strong><span>à compléter</span></li>
        <li><strong>{dossiers.Count(d => PortalStatus.IsDecided(d.Statut))}</strong><span>avec décision</span></li>
        </ul>
        <h2>Dernières demandes</h2>
        {Table(site, [.. dossiers.Reverse().Take(5)], "Aucune demande pour le moment.")}
        """));

    public static IResult Step(PortalSite site, IReadOnlyList<FormStep> steps, FormStep step, Draft draft, Dictionary<string, string> errors)
    {
        var index = steps.ToList().IndexOf(step);
        var several = steps.Count > 1;
        return Members(site, $"{site.NewTitle} : {step.Title}", Html.Of($"""
            <h1>{site.NewTitle}</h1>
            {Html.If(several, $"<ol class=\"etapes\" aria-label=\"Étapes\">{Html.Join(steps.Select((s, i) => (s, i)), x => Html.Of($"<li{Html.If(x.i == index, $" aria-current=\"step\"")} class=\"{(x.i < index ? "faite" : "")}\">{x.s.Title}</li>"))}</ol>")}
            {Html.If(several, $"<h2>Étape {index + 1} sur {steps.Count} : {step.Title}</h2>")}
            <p class="note">Sauf mention contraire, tous les champs sont obligatoires. Les pièces sont des PDF de 10 Mo au plus.</p>
            {FormRenderer.Errors(errors)}
            <form method="post" enctype="multipart/form-data" novalidate id="form-{step.Slug}" class="saisie">
            <button type="submit" class="lu" name="action" value="suivant" tabindex="-1" aria-hidden="true">Valider</button>
            {FormRenderer.Sections(step, draft, errors, site.AddRowButton, alone: !several)}
            <p class="suite">
            {Html.If(index > 0, $"<a class=\"retour\" href=\"{site.Path($"{site.NewPath}/{draft.Id}/{steps[Math.Max(0, index - 1)].Slug}")}\">Étape précédente</a>")}
            {(site.HasRecap
                ? Html.Of($"<button type=\"submit\" name=\"action\" value=\"suivant\" id=\"btn-suivant\">{(index + 1 < steps.Count ? "Étape suivante" : "Voir le récapitulatif")}</button>")
                : Html.Of($"<button type=\"submit\" name=\"action\" value=\"transmettre\" id=\"{site.SubmitButtonId}\">{site.SubmitButton}</button>"))}
            </p>
            </form>
            """), errors.Count == 0 ? 200 : 422);
    }

    public static IResult Recap(PortalSite site, IReadOnlyList<FormStep> steps, Draft draft, string? error) => Members(site, "Récapitulatif de la demande", Html.Of($"""
        <h1>Récapitulatif de la demande</h1>
        {Html.If(error is not null, $"<div id=\"erreurs\" class=\"erreurs\" role=\"alert\"><p><a href=\"#certification\">{error}</a></p></div>")}
        {Html.Join(steps, step => Html.Of($"""
            <section class="groupe"><h2>{step.Title}</h2>
            {Html.Join(step.Sections, section => RecapSection(section, draft))}
            <p><a href="{site.Path($"{site.NewPath}/{draft.Id}/{step.Slug}")}">Modifier<span class="lu"> : {step.Title}</span></a></p>
            </section>
            """))}
        <form method="post" id="form-transmission" class="groupe">
        <p class="option"><input type="checkbox" id="certification" name="certification" value="oui"><label for="certification">Je certifie l'exactitude des informations et des pièces transmises.</label></p>
        <p class="suite"><button id="{site.SubmitButtonId}">{site.SubmitButton}</button></p>
        </form>
        """), error is null ? 200 : 422);

    public static IResult Receipt(PortalSite site, PortalDossier d) => Members(site, site.ReceiptTitle, Html.Of($"""
        <h1>{site.ReceiptTitle}</h1>
        <div class="encadre reussite" role="status">
        <p>Votre demande a bien été transmise sous le numéro <strong id="{site.NumberId}">{d.PortalRef}</strong>.</p>
        <dl class="fiche"><dt>{site.ReferenceLabel}</dt><dd id="accuse-reference">{d.Reference}</dd><dt>Déposée le</dt><dd id="accuse-date">{Fr.DateTime(d.DeposeLe)}</dd></dl>
        </div>
        <p><a id="lien-{site.ReceiptPath}-pdf" href="{site.Path($"{site.ListPath}/{d.PortalRef}/{site.ReceiptPath}.pdf")}" download>Télécharger : {site.ReceiptTitle.ToLowerInvariant()} (PDF)</a></p>
        <p><a href="{site.Path($"{site.ListPath}/{d.PortalRef}")}">Voir la demande</a></p>
        """));

    public static IResult List(PortalSite site, IReadOnlyList<PortalDossier> dossiers, string query) => Members(site, site.ListTitle, Html.Of($"""
        <h1>{site.ListTitle}</h1>
        <form method="get" role="search" class="filtre" id="form-recherche">
        {FormRenderer.Alone(site.Search, query)}
        <button id="btn-rechercher">Rechercher</button>
        </form>
        {Table(site, [.. dossiers.Reverse().Where(d => query.Length == 0 || d.Reference.Equals(query, StringComparison.OrdinalIgnoreCase))], query.Length == 0 ? "Aucune demande pour le moment." : $"Aucune demande ne porte la référence «\u00a0{query}\u00a0».")}
        """));

    public static IResult Detail(PortalSite site, PortalDossier d, string? error) => Members(site, d.PortalRef, Html.Of($"""
        <p><a href="{site.Path(site.ListPath)}">← {site.ListTitle}</a></p>
        <h1>Demande <span id="{site.NumberId}">{d.PortalRef}</span></h1>
        <p>Statut : <strong id="{site.StatusId}" class="pastille {d.Statut}">{PortalStatus.Label(d.Statut)}</strong></p>
        {Html.If(error is not null, $"<div id=\"erreurs\" class=\"erreurs\" role=\"alert\"><p>{error}</p></div>")}
        {Decision(site.DecisionPrefix, d)}
        {(d.Statut == PortalStatus.ComplementDemande ? ComplementForm(site, d) : Html.Empty)}
        {Facts(d, site.ReferenceLabel)}
        {Pieces(d, i => site.Path($"{site.ListPath}/{d.PortalRef}/pieces/{i}"))}
        {Messages(d)}
        <p><a href="{site.Path($"{site.ListPath}/{d.PortalRef}/{site.ReceiptPath}")}">{site.ReceiptTitle}</a></p>
        """), error is null ? 200 : 422);

    public static IResult NotFound(PortalSite site) => Frame(site, member: true).Page("Page introuvable", Html.Of($"<h1>Page introuvable</h1><p>Cette page n'existe pas ou votre saisie a expiré. <a href=\"{site.Path("")}\">Retour à l'accueil</a></p>"), 404);

    public static IResult Down(PortalSite site) => Frame(site, member: false).Page("Maintenance", Html.Of($"<h1>Service en maintenance</h1><p>Le portail est momentanément indisponible. Merci de revenir plus tard.</p>"), 503);

    // Shared with the agent's side.

    public static Html Facts(PortalDossier d, string referenceLabel) => Html.Of($"""
        <section aria-labelledby="synthese"><h2 id="synthese">La demande</h2>
        <dl class="fiche">
        <dt>{referenceLabel}</dt><dd id="synthese-reference">{d.Reference}</dd>
        <dt>Déposée le</dt><dd>{Fr.DateTime(d.DeposeLe)}</dd>
        <dt>Entreprise</dt><dd>{d.Entreprise.RaisonSociale}, SIRET {d.Entreprise.Siret}, IDCC {d.Entreprise.Idcc}, effectif : {d.Entreprise.Effectif}</dd>
        <dt>Contact</dt><dd>{d.Entreprise.ContactNom}, {d.Entreprise.ContactEmail}</dd>
        <dt>Action</dt><dd>{d.Action.Type} : {d.Action.Intitule}</dd>
        <dt>Organisme</dt><dd>{d.Action.Organisme}, NDA {d.Action.Nda}</dd>
        <dt>Dates</dt><dd>du {Fr.Date(d.Action.DateDebut)} au {Fr.Date(d.Action.DateFin)}, {Fr.Number(d.Action.Heures)} heures, {d.Action.Modalite.ToLowerInvariant()}</dd>
        <dt>Coût HT demandé</dt><dd>{Fr.Euros(d.Action.CoutHt)}</dd>
        <dt>Salariés</dt><dd><ul>{Html.Join(d.Salaries, s => Html.Of($"<li>{s.Prenom} {s.Nom}, né(e) le {s.DateNaissance}, {s.Poste}, {s.Contrat}, {s.Categorie}</li>"))}</ul></dd>
        </dl></section>
        """);

    public static Html Pieces(PortalDossier d, Func<int, string> link) => Html.Of($"""
        <section aria-labelledby="titre-pieces"><h2 id="titre-pieces">Pièces</h2>
        <ul id="pieces">{Html.Join(d.Pieces.Select((p, i) => (p, i)), x => Html.Of($"<li><a href=\"{link(x.i)}\" download>{x.p.Libelle} : {x.p.Fichier}</a> ({Fr.Size(x.p.Taille)})</li>"))}</ul></section>
        """);

    public static Html Messages(PortalDossier d) => Html.Of($"""
        <section aria-labelledby="titre-messages"><h2 id="titre-messages">Messages</h2>
        <ol id="messages" class="fil">{Html.Join(d.Messages, m => Html.Of($"<li><span class=\"quand\">{Fr.DateTime(m.Le)}</span> <strong>{m.Auteur}</strong> <span>{m.Texte}</span></li>"))}</ol></section>
        """);

    public static Html Decision(string prefix, PortalDossier d) => d.Decision is not { } x ? Html.Empty : Html.Of($"""
        <section aria-labelledby="titre-decision" class="encadre {(x.Issue == "refus" ? "refus" : "reussite")}"><h2 id="titre-decision">Décision</h2>
        <dl class="fiche">
        <dt>Réponse</dt><dd id="{prefix}-issue">{(x.Issue switch { "refus" => "Refus", "accord-partiel" => "Accord partiel", _ => "Accord" })}</dd>
        <dt>Date</dt><dd id="{prefix}-date">{Fr.DateTime(x.Le)}</dd>
        {Html.If(x.NumeroAccord is not null, $"<dt>Numéro d'accord</dt><dd id=\"{prefix}-numero\">{x.NumeroAccord}</dd>")}
        {Html.If(x.Montant is not null, $"<dt>Montant accordé HT</dt><dd id=\"{prefix}-montant\">{Fr.Euros(x.Montant ?? 0)}</dd>")}
        {Html.If(x.Heures is not null, $"<dt>Heures accordées</dt><dd id=\"{prefix}-heures\">{Fr.Number(x.Heures ?? 0)}</dd>")}
        {Html.If(x.Circuit is not null, $"<dt>Circuit de paiement</dt><dd id=\"{prefix}-circuit\">{PortalCodes.Label(PortalCodes.Circuits, x.Circuit)}</dd>")}
        {Html.If(x.Motif is not null, $"<dt>Motif</dt><dd id=\"{prefix}-motif\">{PortalCodes.Label(PortalCodes.Motifs, x.Motif)}</dd>")}
        {Html.If(!string.IsNullOrEmpty(x.Message), $"<dt>Message</dt><dd id=\"{prefix}-message\">{x.Message}</dd>")}
        </dl></section>
        """);

    private static Html ComplementForm(PortalSite site, PortalDossier d) => Html.Of($"""
        <section aria-labelledby="titre-complement" class="encadre attente"><h2 id="titre-complement">Complément demandé</h2>
        <p id="complement-texte">{d.Complement?.Texte}</p>
        {Html.If(d.Complement?.Pieces.Count > 0, $"<ul id=\"complement-pieces\">{Html.Join(d.Complement?.Pieces ?? [], p => Html.Of($"<li>{p}</li>"))}</ul>")}
        <form method="post" enctype="multipart/form-data" id="form-complement" action="{site.Path($"{site.ListPath}/{d.PortalRef}/complement")}">
        <div class="champ"><label for="complement-fichiers">Pièces complémentaires (PDF)</label><input type="file" id="complement-fichiers" name="pieces" accept="application/pdf,.pdf" multiple></div>
        <div class="champ large"><label for="complement-reponse">Votre réponse <span class="facultatif">(facultatif)</span></label><textarea id="complement-reponse" name="reponse" rows="3"></textarea></div>
        <p><button id="btn-complement">Envoyer le complément</button></p>
        </form></section>
        """);

    private static Html RecapSection(FormSection section, Draft draft) => section.Repeated
        ? Html.Join(Enumerable.Range(0, draft.Rows), row => Html.Of($"<h3>{section.RowTitle} {row + 1}</h3>{RecapList(section.Fields.Select(f => f.AtRow(row)), draft)}"))
        : Html.Of($"<h3>{section.Title}</h3>{RecapList(section.Fields, draft)}");

    private static Html RecapList(IEnumerable<FormField> fields, Draft draft) => Html.Of($"<dl class=\"fiche\">{Html.Join(fields, f => Html.Of($"<dt>{f.Label}</dt><dd id=\"recap-{f.Id}\">{DraftMapper.Display(f, draft)}</dd>"))}</dl>");

    private static Html Table(PortalSite site, IReadOnlyList<PortalDossier> dossiers, string empty) => dossiers.Count == 0
        ? Html.Of($"<p id=\"aucune-demande\" class=\"vide\">{empty}</p>")
        : Html.Of($"""
            <div class="defile" role="region" aria-label="Demandes" tabindex="0"><table id="demandes">
            <thead><tr><th scope="col">Numéro</th><th scope="col">{site.ReferenceLabel}</th><th scope="col">Entreprise</th><th scope="col">Action</th><th scope="col">Déposée le</th><th scope="col">Statut</th></tr></thead>
            <tbody>{Html.Join(dossiers, d => Html.Of($"""
                <tr><td><a href="{site.Path($"{site.ListPath}/{d.PortalRef}")}">{d.PortalRef}</a></td><td>{d.Reference}</td><td>{d.Entreprise.RaisonSociale}</td><td>{d.Action.Intitule}</td><td>{Fr.DateTime(d.DeposeLe)}</td><td><span class="pastille {d.Statut}">{PortalStatus.Label(d.Statut)}</span></td></tr>
                """))}</tbody></table></div>
            """);

    private static IResult Members(PortalSite site, string title, Html body, int status = 200) => Frame(site, member: true).Page(title, body, status,
        Html.Of($"<form method=\"post\" action=\"{site.Path(site.LogoutPath)}\" class=\"session\"><span>{PortalSites.DemoUser}</span><button class=\"discret\">Se déconnecter</button></form>"));

    private static Layout Frame(PortalSite site, bool member) => new(site.Theme, site.Name, site.Tagline, site.Path(""), member ? [(site.Path(site.HomePath), site.HomeTitle), (site.Path(site.ListPath), site.ListTitle)] : []);
}
