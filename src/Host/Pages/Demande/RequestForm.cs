using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>What the wizard collects, exactly as typed: a date that cannot be read is still there after « Ajouter une personne » or a reload.</summary>
public sealed class RequestForm
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    public string? ContactName { get; set; }

    public string? ContactPhone { get; set; }

    public List<PersonForm> People { get; set; } = [];

    public ActionForm Action { get; set; } = new();

    public static RequestForm Read(RequestDraft draft) => draft.Data.Deserialize<RequestForm>(Options) ?? new();

    public JsonObject Write() => JsonSerializer.SerializeToNode(this, Options)!.AsObject();

    /// <summary>Call only when both steps are valid.</summary>
    public CreateDossier ToCommand(DossierKind kind, Guid companyId, string email) => new()
    {
        Kind = kind,
        CompanyId = companyId,
        TrainingBodyId = Guid.Parse(Action.TrainingBody!),
        Title = Action.Title!,
        StartDate = Typed.Date(Action.Start)!.Value,
        EndDate = Typed.Date(Action.End)!.Value,
        Hours = Typed.Amount(Action.Hours)!.Value,
        Modality = Typed.Choice<Modality>(Action.Modality)!.Value,
        ModalityDetail = Action.ModalityDetail ?? "",
        Place = Action.Place ?? "",
        CostHt = Typed.Amount(Action.Cost)!.Value,
        Objectives = Action.Objectives!,
        Content = Action.Content ?? "",
        TrainerName = Action.Trainer ?? "",
        ContactName = ContactName!,
        ContactEmail = email,
        ContactPhone = ContactPhone ?? "",
        Beneficiaires = [.. People.Select(x => new NewBeneficiaire(x.LastName!, x.FirstName!, Typed.Date(x.BirthDate)!.Value, x.Email!, x.Job!, Typed.Choice<Csp>(x.Category)!.Value, Typed.Choice<ContractKind>(x.Contract)!.Value))],
    };
}

public sealed class PersonForm
{
    [Display(Name = "Nom")]
    public string? LastName { get; set; }

    [Display(Name = "Prénom")]
    public string? FirstName { get; set; }

    [Display(Name = "Date de naissance")]
    public string? BirthDate { get; set; }

    [Display(Name = "Adresse électronique")]
    public string? Email { get; set; }

    [Display(Name = "Poste occupé")]
    public string? Job { get; set; }

    [Display(Name = "Catégorie")]
    public string? Category { get; set; }

    [Display(Name = "Contrat")]
    public string? Contract { get; set; }

    public bool IsEmpty => new[] { LastName, FirstName, BirthDate, Email, Job, Category, Contract }.All(string.IsNullOrWhiteSpace);

    public void Check(ModelStateDictionary errors, string prefix, DateOnly today)
    {
        Typed.Require(errors, prefix + nameof(LastName), LastName, "Indiquez le nom.", 100);
        Typed.Require(errors, prefix + nameof(FirstName), FirstName, "Indiquez le prénom.", 100);
        if (Typed.Require(errors, prefix + nameof(BirthDate), BirthDate, "Indiquez la date de naissance.", 30))
        {
            var birth = Typed.Date(BirthDate);
            if (birth is null)
            {
                errors.AddModelError(prefix + nameof(BirthDate), "Indiquez une date qui existe, par exemple 03/02/1990.");
            }
            else if (birth > today.AddYears(-14) || birth < today.AddYears(-100))
            {
                errors.AddModelError(prefix + nameof(BirthDate), "Vérifiez l’année de naissance.");
            }
        }

        if (Typed.Require(errors, prefix + nameof(Email), Email, "Indiquez l’adresse à laquelle la personne recevra ses documents.", 254) && !Typed.IsEmail(Email))
        {
            errors.AddModelError(prefix + nameof(Email), "Indiquez une adresse complète, par exemple nom@exemple.fr.");
        }

        Typed.Require(errors, prefix + nameof(Job), Job, "Indiquez le poste occupé.", 150);
        Typed.RequireChoice<Csp>(errors, prefix + nameof(Category), Category, "Choisissez la catégorie.");
        Typed.RequireChoice<ContractKind>(errors, prefix + nameof(Contract), Contract, "Choisissez le contrat.");
    }
}

public sealed class ActionForm
{
    [Display(Name = "Organisme")]
    public string? TrainingBody { get; set; }

    [Display(Name = "Intitulé")]
    public string? Title { get; set; }

    [Display(Name = "Début")]
    public string? Start { get; set; }

    [Display(Name = "Fin")]
    public string? End { get; set; }

    [Display(Name = "Durée")]
    public string? Hours { get; set; }

    [Display(Name = "Coût pédagogique")]
    public string? Cost { get; set; }

    [Display(Name = "Modalité")]
    public string? Modality { get; set; }

    [Display(Name = "Lieu ou lien")]
    public string? Place { get; set; }

    [Display(Name = "Assistance et évaluation à distance")]
    public string? ModalityDetail { get; set; }

    [Display(Name = "Formateur ou consultant")]
    public string? Trainer { get; set; }

    [Display(Name = "Objectifs")]
    public string? Objectives { get; set; }

    [Display(Name = "Contenu")]
    public string? Content { get; set; }

    public void Check(ModelStateDictionary errors, string prefix, DateOnly today, IReadOnlyCollection<TrainingBody> bodies)
    {
        if (!bodies.Any(x => x.Id.ToString() == TrainingBody))
        {
            errors.AddModelError(prefix + nameof(TrainingBody), "Choisissez l’organisme.");
        }

        Typed.Require(errors, prefix + nameof(Title), Title, "Indiquez l’intitulé.", 200);
        var start = Day(Start, nameof(Start), "Indiquez le premier jour.");
        var end = Day(End, nameof(End), "Indiquez le dernier jour.");
        if (start < today)
        {
            errors.AddModelError(prefix + nameof(Start), "Une action déjà commencée n’est pas financée : choisissez une date à venir.");
        }

        if (start is not null && end < start)
        {
            errors.AddModelError(prefix + nameof(End), "La fin précède le début.");
        }

        Number(Hours, nameof(Hours), "Indiquez la durée en heures.", "Indiquez un nombre d’heures, par exemple 24 ou 13,5.", 3_000);
        Number(Cost, nameof(Cost), "Indiquez le coût hors taxes.", "Indiquez un montant, par exemple 2\u202F400,00.", 1_000_000);
        Typed.RequireChoice<Modality>(errors, prefix + nameof(Modality), Modality, "Choisissez une modalité.");
        Typed.Require(errors, prefix + nameof(Objectives), Objectives, "Indiquez ce que la personne saura faire à la fin.", 4_000);
        foreach (var (name, text, length) in new[] { (nameof(Content), Content, 8_000), (nameof(Place), Place, 300), (nameof(ModalityDetail), ModalityDetail, 2_000), (nameof(Trainer), Trainer, 150) })
        {
            if (text?.Length > length)
            {
                errors.AddModelError(prefix + name, $"Indiquez au plus {Fr.Plural(length, "caractère")}.");
            }
        }

        DateOnly? Day(string? text, string name, string missing)
        {
            if (Typed.Require(errors, prefix + name, text, missing, 30) && Typed.Date(text) is null)
            {
                errors.AddModelError(prefix + name, "Indiquez une date qui existe, par exemple 03/02/2027.");
            }

            return Typed.Date(text);
        }

        void Number(string? text, string name, string missing, string wrong, decimal most)
        {
            if (Typed.Require(errors, prefix + name, text, missing, 30) && Typed.Amount(text) is not > 0)
            {
                errors.AddModelError(prefix + name, wrong);
            }
            else if (Typed.Amount(text) > most)
            {
                errors.AddModelError(prefix + name, "Cette valeur est trop grande.");
            }
        }
    }
}

/// <summary>Reads what people type; null when it cannot be read.</summary>
internal static class Typed
{
    private static readonly EmailAddressAttribute Email = new();

    public static DateOnly? Date(string? text) => Fr.TryDate(text, out var date) ? date : null;

    public static decimal? Amount(string? text) => Fr.TryAmount(text, out var amount) ? amount : null;

    public static T? Choice<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]) ? value : null;

    public static bool IsEmail(string? text) => Email.IsValid(text) && text!.Contains('.', StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace);

    public static bool Require(ModelStateDictionary errors, string key, string? text, string message, int length)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.AddModelError(key, message);
            return false;
        }

        if (text.Length > length)
        {
            errors.AddModelError(key, $"Indiquez au plus {Fr.Plural(length, "caractère")}.");
        }

        return text.Length <= length;
    }

    public static void RequireChoice<T>(ModelStateDictionary errors, string key, string? text, string message)
        where T : struct, Enum
    {
        if (Choice<T>(text) is null)
        {
            errors.AddModelError(key, message);
        }
    }
}
