using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Privacy;

/// <summary>Consents, requests of persons and the register. Persons are named by their verified address.</summary>
public sealed class PrivacyService(MonOpcoDbContext db, RuleBook rules, TaskService tasks)
{
    public const string TaskCode = "demande-personne";

    public static string Label(PersonRequestKind kind) => kind switch
    {
        PersonRequestKind.Access => "Accès",
        PersonRequestKind.Rectification => "Rectification",
        PersonRequestKind.Erasure => "Effacement",
        PersonRequestKind.Portability => "Portabilité",
        PersonRequestKind.Opposition => "Opposition",
        PersonRequestKind.Limitation => "Limitation",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A consent that holds already is not given twice.</summary>
    public Task<Consent> GiveAsync(string email, string purpose, string method, Guid? dossierId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (!ConsentPurposes.All.TryGetValue(purpose, out var text))
            {
                throw new RuleBrokenException("consent-purpose", "Ce consentement n’existe pas.");
            }

            var key = SearchText.EmailKey(email);
            await db.LockAsync($"consent:{key}", cancellationToken);
            if (await db.Consents.FirstOrDefaultAsync(x => x.PersonKey == key && x.Purpose == purpose && x.DossierId == dossierId && x.WithdrawnAt == null, cancellationToken) is { } holds)
            {
                return holds;
            }

            var consent = new Consent { Id = Guid.CreateVersion7(change.Now), PersonKey = key, Purpose = purpose, WordingVersion = text.Version, Wording = text.Wording, DossierId = dossierId, GivenAt = change.Now, Method = method };
            db.Add(consent);
            db.Audit(consent, "consent", consent.Id, dossierId, "Given", change);
            await db.SaveChangesAsync(cancellationToken);
            return consent;
        },
        cancellationToken);

    /// <summary>As easy as giving it; what was done before stays lawful, and the row stays as the proof of both. False: there is none of this person's.</summary>
    public Task<bool> WithdrawAsync(Guid id, string email, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var key = SearchText.EmailKey(email);
            if (await db.Consents.FirstOrDefaultAsync(x => x.Id == id && x.PersonKey == key && x.WithdrawnAt == null, cancellationToken) is not { } consent)
            {
                return false;
            }

            (consent.WithdrawnAt, consent.WithdrawnBy) = (change.Now, change.ActorName);
            db.Audit(consent, "consent", consent.Id, consent.DossierId, "Withdrawn", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Takes a request in and puts a task with the legal delay into the inbox.</summary>
    public Task<PersonRequest> AskAsync(string email, string name, PersonRequestKind kind, string text, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var key = SearchText.EmailKey(email);
            await db.LockAsync($"person-request:{key}", cancellationToken);
            if (await db.PersonRequests.FirstOrDefaultAsync(x => x.PersonKey == key && x.Kind == kind && x.Status == PersonRequestStatus.Open, cancellationToken) is { } open)
            {
                return open;
            }

            var today = Fr.InParis(change.Now);
            var request = new PersonRequest
            {
                Id = Guid.CreateVersion7(change.Now),
                PersonKey = key,
                Name = name,
                Kind = kind,
                Text = text.Trim(),
                ReceivedAt = change.Now,
                DueOn = today.AddMonths((int)await rules.RequireNumberAsync(RuleCodes.PersonRequestMonths, today, cancellationToken)),
            };
            db.Add(request);
            db.Audit(request, "person-request", request.Id, null, "Received", change);

            // The task names nobody: its page does, to those who may read it.
            var task = await tasks.CreateAsync(
                new NewTask(TaskCode, $"Répondre à une demande RGPD : {Label(kind).ToLowerInvariant()}", [new TaskOutcome("Traitée", "Traitée", "primary"), new TaskOutcome("Refusée", "Refusée", "danger", true)])
                {
                    Instruction = "Une personne exerce un droit sur ses données : la réponse est due dans le délai légal.",
                    CandidateRole = Roles.SuperAdmin,
                    DueAt = Fr.StartInParis(request.DueOn.AddDays(1)),
                    Context = new System.Text.Json.Nodes.JsonObject { ["requestId"] = request.Id.ToString() },
                },
                change,
                cancellationToken);
            request.TaskId = task.Id;
            await db.SaveChangesAsync(cancellationToken);
            return request;
        },
        cancellationToken);

    /// <summary>Answers a request and closes its task.</summary>
    public Task AnswerAsync(Guid id, bool granted, string answer, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var request = await db.PersonRequests.SingleAsync(x => x.Id == id, cancellationToken);
            if (request.Status != PersonRequestStatus.Open)
            {
                throw new RuleBrokenException("request-answered", $"Cette demande a déjà reçu sa réponse, par {request.AnsweredBy}.");
            }

            if (string.IsNullOrWhiteSpace(answer))
            {
                throw new RuleBrokenException("request-answer", granted ? "Écrivez ce qui a été répondu." : "Un refus doit être motivé : écrivez pourquoi, et que la personne peut saisir la CNIL.");
            }

            (request.Status, request.Answer, request.AnsweredAt, request.AnsweredBy) = (granted ? PersonRequestStatus.Done : PersonRequestStatus.Refused, answer.Trim(), change.Now, change.ActorName);
            db.Audit(request, "person-request", request.Id, null, "Answered", change);
            if (request.TaskId is { } task && await db.HumanTasks.AnyAsync(x => x.Id == task && (x.Status == HumanTaskStatus.Open || x.Status == HumanTaskStatus.Claimed), cancellationToken))
            {
                await tasks.CompleteAsync(task, new CompleteTask(granted ? "Traitée" : "Refusée", granted ? null : answer.Trim()), change, cancellationToken);
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>A new or changed entry of the register; false when nothing changed.</summary>
    public Task<bool> SaveRecordAsync(ProcessingRecord record, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var isNew = db.Entry(record).State == EntityState.Detached;
            if (isNew)
            {
                record.Position = await db.ProcessingRecords.MaxAsync(x => (int?)x.Position, cancellationToken) + 1 ?? 1;
                db.Add(record);
            }

            if (!db.Audit(record, "processing-record", record.Id, null, isNew ? "Added" : "Changed", change))
            {
                return false;
            }

            record.UpdatedAt = change.Now;
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
