using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Dossiers;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The gate before filing is red: its lines, the dossier's fields in place, a missing piece.</summary>
public sealed class CompleterAvantDepot(MonOpcoDbContext database, DossierChecks checks, DossierService dossiers, DocumentStore documents, StaleDocuments stale) : TaskScreen, IScreenActs
{
    public const string Renew = "Régénérer les documents";

    /// <summary>Documents that no longer say what the dossier says: made and signed anew on demand.</summary>
    public IReadOnlyList<StaleDocument> Stale { get; private set; } = [];

    public EditFields Edit { get; } = new();

    public Piece Input { get; } = new();

    public CheckReport Report { get; private set; } = null!;

    /// <summary>Types of the package that people may add; signed ones come from the signature alone.</summary>
    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Stale = await stale.OfDossierAsync(Dossier!.Id, cancellationToken);
        Report = await checks.GateAsync(Dossier.Id, Now, cancellationToken);
        Types = await database.DocumentTypes.AsNoTracking().Where(x => x.AllowedInPackage && x.Uploadable && !x.Confidential).OrderBy(x => x.PackageOrder).Select(x => new SelectListItem(x.Label, x.Code)).ToListAsync(cancellationToken);
        if (Edit.Title is null)
        {
            Edit.Fill(Dossier);
        }
    }

    public override async Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (outcome.Name == Renew && (await stale.OfDossierAsync(Dossier!.Id, cancellationToken)).Count == 0)
        {
            errors.AddModelError("", "Aucun document n’est périmé : tous disent ce que dit le dossier. Relancez le contrôle.");
            return null;
        }

        return Plain(outcome, form, errors);
    }

    public (object Model, string Prefix)? FormOf(string act) => act == "modifier" ? (Edit, "Edit") : (Input, "Input");

    public async Task<string?> ActAsync(string act, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (act == "modifier")
        {
            Edit.Check(errors);
            return !errors.IsValid ? null
                : await dossiers.EditAsync(Dossier!.Id, Edit.Command(), Change, cancellationToken) ? "Le dossier est modifié, les contrôles sont refaits." : "Rien n’a changé.";
        }

        if (await Upload.ReadAsync(Input.File, Input.Type ?? "", errors, cancellationToken) is not { } upload)
        {
            if (errors.IsValid)
            {
                errors.AddModelError("Input.File", "Choisissez le fichier à ajouter.");
            }

            return null;
        }

        if (!await database.DocumentTypes.AnyAsync(x => x.Code == upload.TypeCode && x.AllowedInPackage && x.Uploadable, cancellationToken))
        {
            errors.AddModelError("Input.Type", "Choisissez une pièce de la liste.");
            return null;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await documents.AddOnceAsync(new NewDocument(upload.TypeCode, upload.Name, Dossier!.Id) { Id = upload.Id }, upload.Bytes, Change, cancellationToken) is null)
        {
            return "Ce fichier est déjà dans le dossier : il n’a pas été ajouté une seconde fois.";
        }

        await dossiers.AddEventAsync(Dossier.Id, DossierEventKinds.DocumentAdded, $"Pièce ajoutée : {upload.Name}.", Change, cancellationToken, [upload.Id]);
        await transaction.CommitAsync(cancellationToken);
        return "La pièce est ajoutée, les contrôles sont refaits.";
    }

    public sealed class Piece
    {
        [Display(Name = "Pièce"), Required(ErrorMessage = "Choisissez une pièce de la liste.")]
        public string? Type { get; set; }

        [Display(Name = "Fichier")]
        public IFormFile? File { get; set; }
    }
}
