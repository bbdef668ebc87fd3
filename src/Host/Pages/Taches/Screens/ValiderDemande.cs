using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Checks;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The request as it came: checks, OPCO, answers to earlier complements; validate, ask, refuse.</summary>
public sealed class ValiderDemande(MonOpcoDbContext database, DossierChecks checks, ComplementService complements, CompanyService companies, DossierService dossiers) : TaskScreen, IScreenActs
{
    public const string Validate = "Valider";
    public const string Ask = "Demander des compléments";
    public const string Refuse = "Refuser";

    public override object Form => Input;

    public Answers Input { get; } = new();

    public Choice Opco { get; } = new();

    public CheckReport Report { get; private set; } = null!;

    public IReadOnlyList<ComplementType> Types { get; private set; } = [];

    /// <summary>What was asked before and has an answer to judge.</summary>
    public IReadOnlyList<Complement> Answered { get; private set; } = [];

    /// <summary>What an answer changes in the dossier, old → new; by the complement's id.</summary>
    public IReadOnlyDictionary<Guid, IReadOnlyList<FieldProposal>> Proposals { get; private set; } = new Dictionary<Guid, IReadOnlyList<FieldProposal>>();

    /// <summary>What a piece asked for in free words may be.</summary>
    public IReadOnlyList<SelectListItem> PieceTypes { get; private set; } = [];

    public IReadOnlyList<RefusalReason> Reasons { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Opcos { get; private set; } = [];

    public string? OpcoName { get; private set; }

    /// <summary>A person has to look at the OPCO: unknown, or only suggested.</summary>
    public bool OpcoToConfirm => Dossier!.OpcoSlug is null || Dossier.OpcoConfidence is OpcoConfidence.AConfirmer or OpcoConfidence.Inconnue;

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Report = await checks.RequestAsync(Dossier!.Id, Now, cancellationToken);
        Types = await database.ComplementTypes.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken);
        Answered = await AnsweredAsync(cancellationToken);
        Proposals = Answered.ToDictionary(x => x.Id, x => ComplementFields.Propose(x, Dossier));
        PieceTypes = await database.DocumentTypes.AsNoTracking().Where(x => x.Uploadable && !x.Confidential).OrderBy(x => x.Label).Select(x => new SelectListItem(x.Label, x.Code)).ToListAsync(cancellationToken);
        Reasons = await database.RefusalReasons.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken);
        Opcos = await database.Opcos.AsNoTracking().OrderBy(x => x.Name).Select(x => new SelectListItem(x.Name, x.Slug)).ToListAsync(cancellationToken);
        OpcoName = Opcos.FirstOrDefault(x => x.Value == Dossier.OpcoSlug)?.Text;
        Opco.Slug ??= Dossier.OpcoSlug;
    }

    public override async Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        var answered = await AnsweredAsync(cancellationToken);
        var again = answered.Where(x => Input.Judgments.GetValueOrDefault($"{x.Id:N}") == "again").ToList();
        switch (outcome.Name)
        {
            case Validate when again.Count > 0:
                errors.AddModelError("", $"Vous redemandez « {again[0].Label} » : choisissez « {Ask} », ou acceptez la réponse.");
                return null;
            case Validate:
                return new ScreenAnswer([], null, services => JudgeAsync(services, answered, [], cancellationToken));
            case Ask:
                return await AskAsync(answered, again, errors, cancellationToken);
            case Refuse:
                return await RefuseAsync(errors, cancellationToken);
            default:
                return Plain(outcome, form, errors);
        }
    }

    /// <summary>Validated in bulk only when every automatic check is green and nothing waits to be judged.</summary>
    public override async Task<string?> BulkRefusalAsync(TaskOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Name != Validate)
        {
            return "Compléments et refus se décident un par un.";
        }

        if ((await AnsweredAsync(cancellationToken)).Count > 0)
        {
            return "Des réponses de l’entreprise sont à relire.";
        }

        var report = await checks.RequestAsync(Dossier!.Id, Now, cancellationToken);
        return report.Lines.FirstOrDefault(x => x.Status == CheckStatus.Blocking) is { } wrong ? $"{wrong.Label} : {wrong.Proof}"
            : OpcoToConfirm ? "L’OPCO est à confirmer." : null;
    }

    public (object Model, string Prefix)? FormOf(string act) => act == "opco" ? (Opco, "Opco") : null;

    public async Task<string?> ActAsync(string act, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (await database.Opcos.AsNoTracking().FirstOrDefaultAsync(x => x.Slug == Opco.Slug, cancellationToken) is not { } opco)
        {
            errors.AddModelError("Opco.Slug", "Choisissez un OPCO de la liste.");
            return null;
        }

        // Company and dossier together: the next request of this company starts from the confirmed OPCO.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await companies.ChooseOpcoAsync(Dossier!.CompanyId, opco.Slug, Change, cancellationToken);
        await dossiers.SetOpcoAsync(Dossier.Id, opco.Slug, OpcoOrigin.Manual, OpcoConfidence.Certain, Change, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return $"OPCO du dossier : {opco.Name}. Les contrôles sont refaits.";
    }

    private async Task<IReadOnlyList<Complement>> AnsweredAsync(CancellationToken cancellationToken) =>
        [.. (await complements.ListAsync(Dossier!.Id, cancellationToken)).Where(x => x.Status == ComplementStatus.Answered)];

    private async Task<ScreenAnswer?> AskAsync(IReadOnlyList<Complement> answered, IReadOnlyList<Complement> again, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        var known = await database.ComplementTypes.AsNoTracking().ToDictionaryAsync(x => x.Code, x => x.Label, cancellationToken);
        var asked = new JsonArray();
        foreach (var code in Input.Complements.Where(known.ContainsKey))
        {
            asked.Add(Item(code, known[code], Input.Comment));
        }

        foreach (var label in (Input.Free ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            asked.Add(Item(null, label, Input.Comment));
        }

        // Asked again: it is still open, so the procedure adds nothing and waits for it.
        foreach (var complement in again)
        {
            asked.Add(Item(known.ContainsKey(complement.Code) ? complement.Code : null, complement.Label, AgainComment(complement)));
        }

        if (asked.Count == 0)
        {
            errors.AddModelError("Input.Free", "Cochez au moins un complément, ou écrivez ce qui manque.");
            return null;
        }

        var comment = Input.Comment?.Trim();
        return new ScreenAnswer(new JsonObject { ["complements"] = asked, ["comment"] = comment }, string.IsNullOrEmpty(comment) ? null : comment, services => JudgeAsync(services, answered, again, cancellationToken));

        static JsonObject Item(string? code, string label, string? comment) => new() { ["code"] = code, ["label"] = label, ["comment"] = comment?.Trim() };
    }

    private async Task<ScreenAnswer?> RefuseAsync(ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (await database.RefusalReasons.AsNoTracking().FirstOrDefaultAsync(x => x.Code == Input.Motif, cancellationToken) is not { } reason)
        {
            errors.AddModelError("Input.Motif", "Choisissez un motif de refus dans la liste.");
            return null;
        }

        var comment = Input.RefusalComment?.Trim();
        return new ScreenAnswer(new JsonObject { ["motif"] = reason.Code, ["comment"] = comment }, string.IsNullOrEmpty(comment) ? reason.Label : $"{reason.Label}. {comment}");
    }

    private async Task JudgeAsync(IServiceProvider services, IReadOnlyList<Complement> answered, IReadOnlyList<Complement> again, CancellationToken cancellationToken)
    {
        var judge = services.GetRequiredService<ComplementService>();
        foreach (var complement in answered)
        {
            var accepted = !again.Contains(complement);
            await judge.JudgeAsync(complement.Id, accepted, AgainComment(complement), Change, cancellationToken);
            if (!accepted)
            {
                continue;
            }

            if (complement is { Code: "autre", AnswerDocumentId: { } piece } && Input.PieceTypes.GetValueOrDefault($"{complement.Id:N}") is { Length: > 0 } type)
            {
                await services.GetRequiredService<DocumentStore>().RetypeAsync(piece, type, Change, cancellationToken);
            }

            var prefix = $"{complement.Id:N}.";
            var typed = Input.Fields.Where(x => x.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(x => x.Key[prefix.Length..], x => x.Value ?? "");
            await services.GetRequiredService<ComplementFields>().ApplyAsync(complement.Id, typed, Change, cancellationToken);
        }
    }

    private string AgainComment(Complement complement) => Input.Again.GetValueOrDefault($"{complement.Id:N}")?.Trim() ?? "";

    public sealed class Answers
    {
        [Display(Name = "Ce qui manque")]
        public string[] Complements { get; set; } = [];

        [Display(Name = "Autres compléments"), StringLength(1000)]
        public string? Free { get; set; }

        [Display(Name = "Message à l’entreprise"), StringLength(2000)]
        public string? Comment { get; set; }

        /// <summary>Complement id → <c>accept</c> or <c>again</c>.</summary>
        public Dictionary<string, string> Judgments { get; set; } = [];

        public Dictionary<string, string?> Again { get; set; } = [];

        /// <summary>Complement id and field → value to write in the dossier, as the operator leaves it.</summary>
        public Dictionary<string, string?> Fields { get; set; } = [];

        /// <summary>Complement id → type of the piece.</summary>
        public Dictionary<string, string?> PieceTypes { get; set; } = [];

        [Display(Name = "Motif")]
        public string? Motif { get; set; }

        [Display(Name = "Explication pour l’entreprise"), StringLength(2000)]
        public string? RefusalComment { get; set; }
    }

    public sealed class Choice
    {
        [Display(Name = "OPCO du dossier"), Required(ErrorMessage = "Choisissez un OPCO de la liste.")]
        public string? Slug { get; set; }
    }
}
