using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Activities.OpcoPortals;

/// <summary>What is typed into a portal, by the bot's script or by a person with the copilote: the same values from one place.</summary>
public sealed class PortalData(MonOpcoDbContext db, DossierPackage package, DocumentStore store)
{
    /// <summary>Pieces of the package by the names that portal scripts use.</summary>
    private static readonly Dictionary<string, string> Pieces = new(StringComparer.Ordinal)
    {
        [DocumentTypes.Devis] = "devis",
        [DocumentTypes.Programme] = "programme",
        [DocumentTypes.Convention] = "convention",
        [DocumentTypes.Mandat] = "mandat",
        [DocumentTypes.ListeStagiaires] = "liste",
        [DocumentTypes.Qualiopi] = "qualiopi",
    };

    /// <summary>The data of <c>portals/README.md</c>.</summary>
    public async Task<JsonObject> BuildAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires).SingleAsync(x => x.Id == dossierId, cancellationToken);
        var company = dossier.Company!;
        return new JsonObject
        {
            ["reference"] = dossier.Numero,
            ["entreprise"] = new JsonObject
            {
                ["siret"] = company.Siret,
                ["raisonSociale"] = company.Name,
                ["idcc"] = company.Idcc.Length > 0 ? company.Idcc[0] : "",
                ["effectif"] = Headcount(company).ToString(CultureInfo.InvariantCulture),
                ["tranche"] = Headcount(company) switch { <= 10 => "1-10", < 50 => "11-49", _ => "50+" },
            },
            ["contact"] = new JsonObject { ["nom"] = dossier.ContactName, ["email"] = dossier.ContactEmail, ["telephone"] = dossier.ContactPhone.Length > 0 ? dossier.ContactPhone : null },
            ["salaries"] = new JsonArray([.. dossier.Beneficiaires.OrderBy(x => x.Position).Select(x => new JsonObject
            {
                ["nom"] = x.LastName,
                ["prenom"] = x.FirstName,
                ["dateNaissance"] = Iso(x.BirthDate),
                ["poste"] = x.Job,
                ["contrat"] = x.Contract.ToString().ToUpperInvariant(),
                ["categorie"] = x.Category switch { Csp.Ouvrier => "OUVRIER", Csp.Employe => "EMPLOYE", Csp.TechnicienAgentDeMaitrise => "TAM", Csp.IngenieurCadre or Csp.Dirigeant => "CADRE", _ => throw new InvalidOperationException() },
            })]),
            ["action"] = new JsonObject
            {
                ["type"] = dossier.Kind == DossierKind.Bilan ? "bilan" : "formation",
                ["intitule"] = dossier.Title,
                ["objectifs"] = dossier.Objectives.Length > 0 ? dossier.Objectives.ReplaceLineEndings(" ; ") : null,
                ["dateDebut"] = Iso(dossier.StartDate),
                ["dateFin"] = Iso(dossier.EndDate),
                ["heures"] = dossier.Hours,
                ["modalite"] = dossier.Modality.ToString().ToLowerInvariant(),
                ["coutHt"] = dossier.CostHt,
            },
            ["organisme"] = new JsonObject { ["nda"] = dossier.TrainingBody?.Nda ?? "", ["nom"] = dossier.TrainingBody?.Name ?? "" },
            ["depot"] = new JsonObject { ["reference"] = dossier.PortalReference },
        };
    }

    public async Task<Dictionary<string, PortalFile>> FilesAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, PortalFile>(StringComparer.Ordinal);
        foreach (var item in (await package.ContentAsync(dossierId, cancellationToken)).Items)
        {
            if (Pieces.TryGetValue(item.Type.Code, out var name))
            {
                files[name] = new PortalFile(item.FileName, item.Document.Mime, await store.ReadAsync(item.Document.Id, cancellationToken));
            }
        }

        return files;
    }

    /// <summary>What the company declares, else the lower end of its band; a portal wants one number.</summary>
    private static int Headcount(Company company) => company.DeclaredHeadcount ?? HeadcountBand.Range(company.HeadcountBand)?.Min ?? 0;

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
