using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The OPCO's answer, typed from its portal or letter: accord, complement or refusal. The data are an <c>OpcoDecision</c>.</summary>
public sealed class SaisirDecision(MonOpcoDbContext database) : TaskScreen
{
    public const string Granted = "Accordé";
    public const string Complement = "Complément demandé";
    public const string Refused = "Refusé";

    public static IReadOnlyList<SelectListItem> Circuits { get; } =
    [
        new("Subrogation : l’OPCO paie l’organisme", nameof(PaymentCircuit.Subrogation)), new("Remboursement : l’OPCO rembourse l’entreprise", nameof(PaymentCircuit.Remboursement)),
        new("Mixte", nameof(PaymentCircuit.Mixte)),
    ];

    public override object Form => Input;

    public Decision Input { get; } = new();

    public IReadOnlyList<RefusalReason> Reasons { get; private set; } = [];

    public Opco? Opco { get; private set; }

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Reasons = await database.RefusalReasons.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken);
        Opco = Dossier!.OpcoSlug is { } slug ? await database.Opcos.FindAsync([slug], cancellationToken) : null;
    }

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken) => outcome.Name switch
    {
        Granted => GrantAsync(errors, cancellationToken),
        Complement => Task.FromResult(Ask(errors)),
        Refused => RefuseAsync(errors, cancellationToken),
        _ => Task.FromResult(Plain(outcome, form, errors)),
    };

    private async Task<ScreenAnswer?> GrantAsync(ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        Require(errors, nameof(Input.Amount), Input.Amount is > 0, "Indiquez le montant accordé, supérieur à zéro.");
        Require(errors, nameof(Input.AccordNumber), !string.IsNullOrWhiteSpace(Input.AccordNumber), "Indiquez le numéro de l’accord.");
        Require(errors, nameof(Input.AccordDate), Input.AccordDate is not null, "Indiquez la date de l’accord.");
        Require(errors, nameof(Input.AccordDate), Input.AccordDate is not { } date || date <= Fr.InParis(Now), "La date de l’accord ne peut pas être dans l’avenir.");
        Require(errors, nameof(Input.Hours), Input.Hours is null or > 0, "Le nombre d’heures doit être supérieur à zéro.");
        var letter = await Upload.ReadAsync(Input.File, DocumentTypes.Accord, errors, cancellationToken);
        return !errors.IsValid ? null : new ScreenAnswer(
            new JsonObject
            {
                ["amount"] = Input.Amount,
                ["accordNumber"] = Input.AccordNumber!.Trim(),
                ["accordDate"] = Input.AccordDate!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["circuit"] = Input.Circuit?.ToString(),
                ["hours"] = Input.Hours,
                ["documentId"] = letter?.Id.ToString(),
            },
            Alongside: Store(letter, cancellationToken));
    }

    private ScreenAnswer? Ask(ModelStateDictionary errors)
    {
        Require(errors, nameof(Input.ComplementText), !string.IsNullOrWhiteSpace(Input.ComplementText), "Recopiez ce que l’OPCO demande.");
        return !errors.IsValid ? null : new ScreenAnswer(new JsonObject
        {
            ["complementText"] = Input.ComplementText!.Trim(),
            ["complementPieces"] = new JsonArray([.. (Input.ComplementPieces ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(x => JsonValue.Create(x))]),
        });
    }

    private async Task<ScreenAnswer?> RefuseAsync(ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        var reason = await database.RefusalReasons.AsNoTracking().FirstOrDefaultAsync(x => x.Code == Input.RefusalCode, cancellationToken);
        Require(errors, nameof(Input.RefusalCode), reason is not null, "Choisissez un motif de refus dans la liste.");
        var letter = await Upload.ReadAsync(Input.File, DocumentTypes.Refus, errors, cancellationToken);
        return !errors.IsValid ? null : new ScreenAnswer(
            new JsonObject { ["refusalCode"] = reason!.Code, ["comment"] = Input.Comment?.Trim() ?? "", ["documentId"] = letter?.Id.ToString() },
            reason.Label,
            Store(letter, cancellationToken));
    }

    private Func<IServiceProvider, Task>? Store(Upload? letter, CancellationToken cancellationToken) =>
        letter is null ? null : services => letter.StoreAsync(services, Dossier!.Id, Change, cancellationToken);

    private static void Require(ModelStateDictionary errors, string field, bool good, string message)
    {
        if (!good && errors.GetFieldValidationState($"Input.{field}") != ModelValidationState.Invalid)
        {
            errors.AddModelError($"Input.{field}", message);
        }
    }

    public sealed class Decision
    {
        [Display(Name = "Montant accordé"), Range(0, 9999999)]
        public decimal? Amount { get; set; }

        [Display(Name = "Numéro de l’accord"), StringLength(100)]
        public string? AccordNumber { get; set; }

        [Display(Name = "Date de l’accord")]
        public DateOnly? AccordDate { get; set; }

        [Display(Name = "Circuit de paiement")]
        public PaymentCircuit? Circuit { get; set; }

        [Display(Name = "Heures accordées")]
        public decimal? Hours { get; set; }

        [Display(Name = "Ce que l’OPCO demande"), StringLength(2000)]
        public string? ComplementText { get; set; }

        [Display(Name = "Pièces demandées"), StringLength(1000)]
        public string? ComplementPieces { get; set; }

        [Display(Name = "Motif")]
        public string? RefusalCode { get; set; }

        [Display(Name = "Commentaire de l’OPCO"), StringLength(2000)]
        public string? Comment { get; set; }

        [Display(Name = "Courrier de l’OPCO")]
        public IFormFile? File { get; set; }
    }
}
