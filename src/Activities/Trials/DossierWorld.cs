using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Activities.Signature;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Trials;

namespace MonOPCO.Activities.Trials;

/// <summary>Acts that a script of a dossier may hold; anything else is a signal with its payload.</summary>
public static class DossierActs
{
    /// <summary>A person completes a human task: outcome, data, reason (<see cref="TrialAnswer.Message"/>).</summary>
    public const string Task = "task";

    /// <summary>Somebody signs or refuses. Data: <c>document</c>, <c>role</c>, <c>rank</c> (among signers of the role, from 0); outcome <c>signed</c> or <c>declined</c>.</summary>
    public const string Signature = "signature";

    /// <summary>The company answers complements. Data: list of <c>{ code, label }</c>; none: all that are open.</summary>
    public const string Complements = "complements";

    /// <summary>Values of the dossier are changed. Data: <see cref="DossierEdit.Values"/>.</summary>
    public const string Edit = "edit";

    /// <summary>A file is added. Data: <c>type</c>, <c>name</c>, <c>mime</c>.</summary>
    public const string Document = "document";

    public const string Signal = "signal";
}

/// <summary>What people do to the copy of a dossier: the same services as the pages, without codes, seals and mails.</summary>
public sealed class DossierWorld(Guid copyId) : TrialWorld
{
    public override Task<TrialAct> ActAsync(IServiceProvider services, TrialAnswer answer, Bookmark? waiting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var change = new ChangeContext(ActorKind.Human, answer.Actor is { Length: > 0 } actor ? actor : "Essai", null, now, answer.Message);
        return answer.Act switch
        {
            DossierActs.Task when waiting is { Kind: HumanTaskActivity.BookmarkKind } => CompleteAsync(services, answer, waiting, change, cancellationToken),
            DossierActs.Signature => SignAsync(services, answer, change, cancellationToken),
            DossierActs.Complements => AnswerComplementsAsync(services, answer, change, cancellationToken),
            DossierActs.Edit => EditAsync(services, answer, cancellationToken),
            DossierActs.Document => AddAsync(services, answer, change, cancellationToken),
            DossierActs.Task => Task.FromResult(TrialAct.NotNow),
            _ => base.ActAsync(services, answer, waiting, now, cancellationToken),
        };
    }

    public override async Task<JsonObject?> LookAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<MonOpcoDbContext>();

        // Each burst of a real instance begins with a fresh context.
        db.ChangeTracker.Clear();
        var dossier = await db.Dossiers.AsNoTracking().Where(x => x.Id == copyId).Select(x => new { x.State, x.Circuit, x.RequestedAmount, x.GrantedAmount, x.Remainder, x.PortalReference, x.RefusalCode }).FirstOrDefaultAsync(cancellationToken);
        if (dossier is null)
        {
            return null;
        }

        // Whose turn it is, without a name.
        var requests = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == copyId && x.Status == SignatureRequestStatus.Pending).OrderBy(x => x.CreatedAt).ToListAsync(cancellationToken);
        var turns = requests.SelectMany(request => request.Signers.GroupBy(x => x.Role).SelectMany(role => role.OrderBy(x => x.Order).ThenBy(x => x.Id).Select((signer, rank) => (request.DocumentTypeCode, signer, rank))))
            .Where(x => x.signer.Status is SignerStatus.Invited or SignerStatus.Viewed)
            .Select(x => (JsonNode)new JsonObject { ["document"] = x.DocumentTypeCode, ["role"] = x.signer.Role.ToString(), ["rank"] = x.rank, ["until"] = x.signer.ExpiresAt });
        return new JsonObject
        {
            ["turns"] = new JsonArray([.. turns]),
            ["state"] = dossier.State.ToString(),
            ["circuit"] = dossier.Circuit?.ToString(),
            ["requested"] = dossier.RequestedAmount,
            ["granted"] = dossier.GrantedAmount,
            ["remainder"] = dossier.Remainder,
            ["reference"] = dossier.PortalReference,
            ["refusal"] = dossier.RefusalCode,
        };
    }

    private async Task<TrialAct> CompleteAsync(IServiceProvider services, TrialAnswer answer, Bookmark waiting, ChangeContext change, CancellationToken cancellationToken)
    {
        var data = answer.Data as JsonObject ?? [];
        var reason = answer.Message ?? data["comment"]?.ToString();
        var task = await services.GetRequiredService<TaskService>().CompleteAsync(Guid.Parse(waiting.Key), new CompleteTask(answer.Outcome ?? "", reason, (JsonObject)data.DeepClone()), change, cancellationToken);
        switch (task.Code)
        {
            case "confirmer-depot" when answer.Outcome == "Confirmer":
                var filing = await services.GetRequiredService<MonOpcoDbContext>().Filings.AsNoTracking().Where(x => x.DossierId == copyId).OrderByDescending(x => x.CreatedAt).Select(x => x.Id).FirstAsync(cancellationToken);
                await services.GetRequiredService<FilingService>().ConfirmAsync(filing, change, cancellationToken);
                break;
            case "valider-demande":
                await JudgeAsync(services, data, change, cancellationToken);
                break;
        }

        return new TrialAct(true, TaskDesk.Payload(new CompleteTask(answer.Outcome ?? "", reason, (JsonObject)data.DeepClone())));
    }

    /// <summary>An answered complement is good unless it is asked for again.</summary>
    private async Task JudgeAsync(IServiceProvider services, JsonObject data, ChangeContext change, CancellationToken cancellationToken)
    {
        var complements = services.GetRequiredService<ComplementService>();
        var again = (data["complements"] as JsonArray ?? []).OfType<JsonObject>().Select(x => (x["code"]?.ToString() ?? "autre", x["label"]?.ToString())).ToHashSet();
        foreach (var answered in (await complements.ListAsync(copyId, cancellationToken)).Where(x => x.Status == ComplementStatus.Answered))
        {
            var isAsked = again.Any(x => x.Item1 == answered.Code && (answered.Code != "autre" || x.Item2 == answered.Label));
            await complements.JudgeAsync(answered.Id, !isAsked, isAsked ? "À reprendre" : "", change, cancellationToken);
        }
    }

    private async Task<TrialAct> SignAsync(IServiceProvider services, TrialAnswer answer, ChangeContext change, CancellationToken cancellationToken)
    {
        var (type, rank) = (answer.Data?["document"]?.ToString() ?? "", (int?)answer.Data?["rank"] ?? 0);
        var db = services.GetRequiredService<MonOpcoDbContext>();
        if (!Enum.TryParse<SignerRole>(answer.Data?["role"]?.ToString(), out var role)
            || await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == copyId && x.DocumentTypeCode == type).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(cancellationToken)
                is not { Status: SignatureRequestStatus.Pending } request
            || request.Signers.Where(x => x.Role == role).OrderBy(x => x.Order).ThenBy(x => x.Id).ElementAtOrDefault(rank) is not { Status: SignerStatus.Invited or SignerStatus.Viewed } signer
            || signer.ExpiresAt <= change.Now)
        {
            return TrialAct.NotNow;
        }

        var signatures = services.GetRequiredService<SignatureService>();
        if (answer.Outcome == "declined")
        {
            await signatures.DeclineAsync(signer.Id, answer.Message ?? "Refus d’essai", change, cancellationToken);
        }
        else
        {
            var current = await db.Documents.AsNoTracking().SingleAsync(x => x.Id == request.CurrentDocumentId, cancellationToken);
            await signatures.SignAsync(signer.Id, new Sign("", "essai", current.Sha256, "essai", "essai"), change, cancellationToken, codeChecked: true);
            var signed = await services.GetRequiredService<DocumentStore>().AddAsync(
                new NewDocument(current.TypeCode, current.Name, copyId) { SignatureLevel = SignatureLevel.Simple, SourceDocumentId = current.Id, Facts = (JsonObject?)current.Facts?.DeepClone() },
                StandIn.Of(FileSniffer.Pdf),
                change,
                cancellationToken);
            await signatures.AttachAsync(request.Id, signed.Id, null, change, cancellationToken);
        }

        return new TrialAct(true, new JsonObject()) { Resumes = (WaitForSignatures.BookmarkKind, request.Id.ToString()) };
    }

    private async Task<TrialAct> AnswerComplementsAsync(IServiceProvider services, TrialAnswer answer, ChangeContext change, CancellationToken cancellationToken)
    {
        var complements = services.GetRequiredService<ComplementService>();
        var wanted = (answer.Data as JsonArray)?.OfType<JsonObject>().Select(x => (x["code"]?.ToString(), x["label"]?.ToString())).ToList();
        var open = (await complements.ListAsync(copyId, cancellationToken)).Where(x => x.Status is ComplementStatus.Asked or ComplementStatus.Rejected && (wanted is null || wanted.Contains((x.Code, x.Label)))).ToList();
        foreach (var complement in open)
        {
            Guid? document = complement.Target != ComplementTarget.Document ? null
                : (await AddAsync(services, await TypeOfAsync(services, complement, cancellationToken), "piece.pdf", null, change, cancellationToken)).Id;
            await complements.AnswerAsync(complement.Id, document is null ? "Réponse d’essai" : null, document, change, cancellationToken);
        }

        return open.Count == 0 ? TrialAct.NotNow : new TrialAct(true, new JsonObject()) { Resumes = (WaitForComplements.BookmarkKind, copyId.ToString()) };
    }

    private async Task<TrialAct> EditAsync(IServiceProvider services, TrialAnswer answer, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<MonOpcoDbContext>();
        await new DossierCopy(db).ApplyAsync(copyId, answer.Data as JsonObject ?? [], cancellationToken);
        db.ChangeTracker.Clear();
        return new TrialAct(true);
    }

    private async Task<TrialAct> AddAsync(IServiceProvider services, TrialAnswer answer, ChangeContext change, CancellationToken cancellationToken)
    {
        var data = answer.Data as JsonObject ?? [];
        await AddAsync(services, data["type"]?.ToString() ?? DocumentTypes.Piece, data["name"]?.ToString() ?? "piece.pdf", data["mime"]?.ToString(), change, cancellationToken);
        return new TrialAct(true);
    }

    /// <summary>In a kind that the type accepts.</summary>
    private async Task<Domain.Documents.Document> AddAsync(IServiceProvider services, string type, string name, string? mime, ChangeContext change, CancellationToken cancellationToken)
    {
        var accepted = await services.GetRequiredService<MonOpcoDbContext>().DocumentTypes.AsNoTracking().Where(x => x.Code == type).Select(x => x.AllowedMimes).FirstOrDefaultAsync(cancellationToken)
            ?? throw new RuleBrokenException("document-type", $"Le type de pièce « {type} » n’existe plus.");
        var kind = mime is not null && accepted.Contains(mime) ? mime : accepted.Contains(FileSniffer.Pdf) ? FileSniffer.Pdf : accepted[0];
        return await services.GetRequiredService<DocumentStore>().AddAsync(new NewDocument(type, name, copyId), StandIn.Of(kind), change, cancellationToken);
    }

    private static async Task<string> TypeOfAsync(IServiceProvider services, Complement complement, CancellationToken cancellationToken) =>
        await services.GetRequiredService<MonOpcoDbContext>().DocumentTypes.AnyAsync(x => x.Code == complement.Key, cancellationToken) ? complement.Key : DocumentTypes.Piece;
}
