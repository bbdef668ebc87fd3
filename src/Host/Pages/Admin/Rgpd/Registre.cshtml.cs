using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>One entry of the register of processing; « nouveau » makes one.</summary>
[Authorize(Policies.Administration)]
public sealed class RegistreModel(MonOpcoDbContext database, PrivacyService privacy, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Entry Input { get; set; } = new();

    public bool IsNew { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } record)
        {
            Input = new Entry { Nom = record.Name, Finalite = record.Purpose, Base = record.LegalBasis, Personnes = record.People, Categories = record.Categories, Destinataires = record.Recipients, Conservation = record.Retention, Securite = record.Security, Transferts = record.Transfers };
            return Page();
        }

        return IsNew ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken cancellationToken)
    {
        var record = await FindAsync(id, cancellationToken);
        if (record is null && !IsNew)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        record ??= new ProcessingRecord { Id = Guid.CreateVersion7(clock.GetUtcNow()), Name = "", Purpose = "", LegalBasis = "", People = "", Categories = "", Recipients = "", Retention = "", Security = "" };
        (record.Name, record.Purpose, record.LegalBasis, record.People, record.Categories) = (Input.Nom!.Trim(), Input.Finalite!.Trim(), Input.Base!.Trim(), Input.Personnes!.Trim(), Input.Categories!.Trim());
        (record.Recipients, record.Retention, record.Security, record.Transfers) = (Input.Destinataires!.Trim(), Input.Conservation!.Trim(), Input.Securite!.Trim(), Input.Transferts!.Trim());
        var changed = await privacy.SaveRecordAsync(record, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash(changed ? "success" : "info", changed ? "Le registre est enregistré." : "Rien n’a changé.");
        return Redirect("/admin/rgpd#registre");
    }

    private async Task<ProcessingRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        IsNew = id == "nouveau";
        return Guid.TryParse(id, out var key) ? await database.ProcessingRecords.FirstOrDefaultAsync(x => x.Id == key, cancellationToken) : null;
    }

    public sealed class Entry
    {
        [Display(Name = "Nom du traitement"), Required(ErrorMessage = "Nommez le traitement."), StringLength(200)]
        public string? Nom { get; set; }

        [Display(Name = "Finalité"), Required(ErrorMessage = "Dites à quoi il sert."), StringLength(1000)]
        public string? Finalite { get; set; }

        [Display(Name = "Base légale"), Required(ErrorMessage = "Indiquez la base légale."), StringLength(1000)]
        public string? Base { get; set; }

        [Display(Name = "Personnes concernées"), Required(ErrorMessage = "Indiquez les personnes concernées."), StringLength(500)]
        public string? Personnes { get; set; }

        [Display(Name = "Catégories de données"), Required(ErrorMessage = "Indiquez les catégories de données."), StringLength(1000)]
        public string? Categories { get; set; }

        [Display(Name = "Destinataires"), Required(ErrorMessage = "Indiquez les destinataires."), StringLength(1000)]
        public string? Destinataires { get; set; }

        [Display(Name = "Durée de conservation"), Required(ErrorMessage = "Indiquez la durée de conservation."), StringLength(1000)]
        public string? Conservation { get; set; }

        [Display(Name = "Mesures de sécurité"), Required(ErrorMessage = "Indiquez les mesures de sécurité."), StringLength(2000)]
        public string? Securite { get; set; }

        [Display(Name = "Transferts hors de l’Union européenne"), Required(ErrorMessage = "Dites s’il y a des transferts ; sinon « Aucun »."), StringLength(1000)]
        public string? Transferts { get; set; }
    }
}
