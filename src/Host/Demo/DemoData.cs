using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Users;
using MonOPCO.Integrations.OpcoPortals;
using MonOPCO.Integrations.Pdf;

namespace MonOPCO.Host.Demo;

/// <summary>What a demonstration needs beyond accounts: a certificate for each fictitious training body, and the bot switched on where the Sandbox plays the portal.</summary>
public sealed class DemoData(MonOpcoDbContext db, DocumentStore store, PdfRenderer pdf, PortalRunner portals, TimeProvider clock)
{
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var change = ChangeContext.System("Démonstration", clock.GetUtcNow());
        foreach (var body in await db.TrainingBodies.Where(x => x.IsFictitious && x.QualiopiDocumentId == null).ToListAsync(cancellationToken))
        {
            if (await pdf.RenderAsync(new PdfRequest(Certificate(body)), cancellationToken) is PdfResult.Rendered rendered)
            {
                var document = await store.AddAsync(new NewDocument(DocumentTypes.Qualiopi, $"qualiopi-{body.Slug}.pdf"), new MemoryStream(rendered.Pdf), change, cancellationToken);
                body.QualiopiDocumentId = document.Id;
                await db.SaveChangesAsync(cancellationToken);
            }
        }

        // The demonstration's consultant signs for the fictitious training bodies, so that the part can be played from the bar and from the consultant's space.
        var consultant = DemoAccounts.People.Single(x => x.Role == Roles.Consultant);
        foreach (var body in await db.TrainingBodies.Where(x => x.IsFictitious && x.RepresentativeEmail.EndsWith("@exemple.test")).ToListAsync(cancellationToken))
        {
            (body.RepresentativeName, body.RepresentativeEmail, body.RepresentativeRole) = (consultant.Name, consultant.Email, "Consultante");
        }

        foreach (var setting in await db.PortalSettings.Where(x => x.Mode == FilingMode.Assisted).ToListAsync(cancellationToken))
        {
            if (portals.ScriptOf(setting.Slug) is { } script && portals.IsConfigured(script))
            {
                setting.Mode = FilingMode.Confirm;
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static string Certificate(TrainingBody body) => $"""
        <!doctype html><html lang="fr"><head><title>Certificat Qualiopi fictif</title>
        <style>body{"{"}font-family:'Liberation Sans',sans-serif;margin:2cm{"}"} h1{"{"}font-size:26pt{"}"}</style></head><body>
        <p><strong>DOCUMENT FICTIF DE DÉMONSTRATION</strong></p><h1>Certificat Qualiopi</h1>
        <p>Organisme : {WebUtility.HtmlEncode(body.Name)}</p><p>Numéro : {WebUtility.HtmlEncode(body.QualiopiNumber)}</p>
        <p>Catégories : {string.Join(", ", body.QualiopiCategories)}</p>
        <p>Valable du {(body.QualiopiFrom is { } from ? Domain.Fr.Date(from) : "–")} au {(body.QualiopiTo is { } to ? Domain.Fr.Date(to) : "–")}</p></body></html>
        """;
}
