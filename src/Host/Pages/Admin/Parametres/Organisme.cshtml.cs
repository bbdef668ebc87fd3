using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Settings;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Parametres;

/// <summary>One organisme de formation: what its documents print and what OPCO portals ask for.</summary>
[Authorize(Policies.Administration)]
public sealed class OrganismeModel(PlatformSettings settings, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    private const string New = "nouveau";

    public static IEnumerable<SelectListItem> VatStatuses { get; } =
        [new("Exonéré (attestation 3511)", nameof(VatStatus.Exonere)), new("Franchise en base (art. 293 B)", nameof(VatStatus.Franchise)), new("Assujetti", nameof(VatStatus.Assujetti))];

    [BindProperty]
    public Form Input { get; set; } = new();

    public TrainingBody? Body { get; private set; }

    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(slug, cancellationToken))
        {
            return NotFound();
        }

        Input = Body is null ? new Form() : Form.Of(Body);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string slug, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(slug, cancellationToken))
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var saved = await settings.SaveAsync(Body?.Id, Input.Command(), User.Change(clock.GetUtcNow(), Input.Motif), cancellationToken);
            this.Flash("success", Body is null ? $"{saved.Name} est ajouté." : $"{saved.Name} est enregistré. Les documents déjà produits gardent ce qu’ils disent.");
            return Redirect("/admin/parametres");
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("Input." + broken.Code.Split(':')[^1], broken.Message);
            return this.Invalid();
        }
    }

    private async Task<bool> LoadAsync(string slug, CancellationToken cancellationToken)
    {
        Body = slug == New ? null : await database.TrainingBodies.AsNoTracking().FirstOrDefaultAsync(x => x.Slug == slug, cancellationToken);
        return slug == New || Body is not null;
    }

    /// <summary>What is typed.</summary>
    public sealed class Form
    {
        [Display(Name = "Nom"), Required(ErrorMessage = "Indiquez le nom de l’organisme."), StringLength(120)]
        public string? Name { get; set; }

        [Display(Name = "Forme juridique"), Required(ErrorMessage = "Indiquez la forme juridique : SARL, SAS, association…"), StringLength(60)]
        public string? LegalForm { get; set; }

        [Display(Name = "SIRET"), Required(ErrorMessage = "Indiquez le SIRET."), StringLength(20)]
        public string? Siret { get; set; }

        [Display(Name = "Numéro de déclaration d’activité (NDA)"), Required(ErrorMessage = "Indiquez le numéro de déclaration d’activité."), StringLength(20)]
        public string? Nda { get; set; }

        [Display(Name = "Déclaration active")]
        public bool NdaActive { get; set; } = true;

        [Display(Name = "Région du préfet"), StringLength(60)]
        public string? NdaRegion { get; set; }

        [Display(Name = "Numéro du certificat"), StringLength(60)]
        public string? QualiopiNumber { get; set; }

        [Display(Name = "Certificateur"), StringLength(120)]
        public string? QualiopiCertifier { get; set; }

        [Display(Name = "Valable à partir du")]
        public DateOnly? QualiopiFrom { get; set; }

        [Display(Name = "Jusqu’au")]
        public DateOnly? QualiopiTo { get; set; }

        public List<string> QualiopiCategories { get; set; } = [];

        [Display(Name = "Adresse"), StringLength(200)]
        public string? Address { get; set; }

        [Display(Name = "Code postal"), RegularExpression("^[0-9]{5}$", ErrorMessage = "Un code postal compte 5 chiffres.")]
        public string? PostalCode { get; set; }

        [Display(Name = "Ville"), StringLength(80)]
        public string? City { get; set; }

        [Display(Name = "Courriel"), EmailAddress(ErrorMessage = "Cette adresse électronique n’est pas valable."), StringLength(200)]
        public string? Email { get; set; }

        [Display(Name = "Téléphone"), StringLength(30)]
        public string? Phone { get; set; }

        [Display(Name = "Site"), Url(ErrorMessage = "Écrivez l’adresse complète, avec https://."), StringLength(200)]
        public string? Website { get; set; }

        [Display(Name = "TVA")]
        public VatStatus VatStatus { get; set; }

        [Display(Name = "Taux de TVA")]
        public decimal? VatRate { get; set; }

        [Display(Name = "Nom du signataire"), StringLength(120)]
        public string? RepresentativeName { get; set; }

        [Display(Name = "Sa fonction"), StringLength(120)]
        public string? RepresentativeRole { get; set; }

        [Display(Name = "Son courriel"), EmailAddress(ErrorMessage = "Cette adresse électronique n’est pas valable."), StringLength(200)]
        public string? RepresentativeEmail { get; set; }

        [Display(Name = "Référent handicap"), StringLength(200)]
        public string? HandicapContact { get; set; }

        [Display(Name = "Identifiants inventés, pour la démonstration")]
        public bool IsFictitious { get; set; }

        [Display(Name = "Motif du changement"), StringLength(300)]
        public string? Motif { get; set; }

        internal static Form Of(TrainingBody x) => new()
        {
            Name = x.Name,
            LegalForm = x.LegalForm,
            Siret = x.Siret,
            Nda = x.Nda,
            NdaActive = x.NdaActive,
            NdaRegion = x.NdaRegion,
            QualiopiNumber = x.QualiopiNumber,
            QualiopiCertifier = x.QualiopiCertifier,
            QualiopiFrom = x.QualiopiFrom,
            QualiopiTo = x.QualiopiTo,
            QualiopiCategories = [.. x.QualiopiCategories],
            Address = x.Address,
            PostalCode = x.PostalCode,
            City = x.City,
            Email = x.Email,
            Phone = x.Phone,
            Website = x.Website,
            VatStatus = x.VatStatus,
            VatRate = x.VatRate,
            RepresentativeName = x.RepresentativeName,
            RepresentativeRole = x.RepresentativeRole,
            RepresentativeEmail = x.RepresentativeEmail,
            HandicapContact = x.HandicapContact,
            IsFictitious = x.IsFictitious,
        };

        internal SaveTrainingBody Command() => new()
        {
            Name = Name!,
            LegalForm = LegalForm!,
            Siret = Siret!,
            Nda = Nda!,
            NdaActive = NdaActive,
            NdaRegion = NdaRegion ?? "",
            QualiopiNumber = QualiopiNumber ?? "",
            QualiopiCertifier = QualiopiCertifier ?? "",
            QualiopiFrom = QualiopiFrom,
            QualiopiTo = QualiopiTo,
            QualiopiCategories = QualiopiCategories,
            Address = Address ?? "",
            PostalCode = PostalCode ?? "",
            City = City ?? "",
            Email = Email ?? "",
            Phone = Phone ?? "",
            Website = Website ?? "",
            VatStatus = VatStatus,
            VatRate = VatRate ?? 0,
            RepresentativeName = RepresentativeName ?? "",
            RepresentativeRole = RepresentativeRole ?? "",
            RepresentativeEmail = RepresentativeEmail ?? "",
            HandicapContact = HandicapContact ?? "",
            IsFictitious = IsFictitious,
        };
    }
}
