using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Tasks;

/// <summary>One thing that happened to a task.</summary>
public sealed record TaskEvent(DateTimeOffset At, string By, ActorKind Kind, string What, string? Reason);

/// <summary>What people say and join to a task, and what happened to it.</summary>
public sealed class TaskThread(MonOpcoDbContext db, DocumentStore documents, StaffDirectory staff)
{
    public Task<List<TaskComment>> CommentsAsync(Guid taskId, CancellationToken cancellationToken) =>
        db.TaskComments.AsNoTracking().Where(x => x.TaskId == taskId).OrderBy(x => x.At).ThenBy(x => x.Id).ToListAsync(cancellationToken);

    /// <summary>Says something; colleagues named after an @ are told, in their inbox and by mail.</summary>
    public Task<TaskComment> CommentAsync(Guid taskId, string text, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            text = text.Trim();
            if (text.Length == 0)
            {
                throw new RuleBrokenException("comment-empty", "Écrivez votre commentaire.");
            }

            var task = await db.HumanTasks.AsNoTracking().SingleOrDefaultAsync(x => x.Id == taskId, cancellationToken) ?? throw new RuleBrokenException("task-missing", "Cette tâche n’existe pas.");
            var comment = new TaskComment { Id = Guid.CreateVersion7(change.Now), TaskId = taskId, At = change.Now, Author = change.ActorName, AuthorId = change.UserId, Text = text };
            db.TaskComments.Add(comment);
            db.News.Add($"task:{taskId}");
            var numero = await db.Dossiers.Where(x => x.Id == task.DossierId).Select(x => x.Numero).SingleOrDefaultAsync(cancellationToken);
            foreach (var person in StaffDirectory.Mentioned(text, await staff.AllAsync(cancellationToken)).Where(x => x.Id != change.UserId))
            {
                db.Notify(person.Id, $"{change.ActorName} vous a cité dans « {task.Title} »{(numero is null ? "" : $" du dossier {numero}")}.", $"/taches/{taskId}#echanges", change.Now, mail: true);
            }

            await db.SaveChangesAsync(cancellationToken);
            return comment;
        },
        cancellationToken);

    /// <summary>Joins a file, for the staff alone. Refused with a sentence when it is not a kind that we take, whatever its name says.</summary>
    public Task<Document> AttachAsync(Guid taskId, string name, Stream content, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var dossier = await db.HumanTasks.Where(x => x.Id == taskId).Select(x => new { x.DossierId }).SingleOrDefaultAsync(cancellationToken) ?? throw new RuleBrokenException("task-missing", "Cette tâche n’existe pas.");
            var document = await documents.AddAsync(new NewDocument(DocumentTypes.Piece, name, dossier.DossierId) { ShowToCompany = false }, content, change, cancellationToken);
            db.TaskAttachments.Add(new TaskAttachment { TaskId = taskId, DocumentId = document.Id, At = change.Now, ByName = change.ActorName });
            db.News.Add($"task:{taskId}");
            await db.SaveChangesAsync(cancellationToken);
            return document;
        },
        cancellationToken);

    public async Task<IReadOnlyList<(TaskAttachment Attachment, Document Document)>> AttachmentsAsync(Guid taskId, CancellationToken cancellationToken) =>
        [.. (await db.TaskAttachments.AsNoTracking().Where(x => x.TaskId == taskId).Join(db.Documents.AsNoTracking(), x => x.DocumentId, x => x.Id, (attachment, document) => new { attachment, document })
            .OrderBy(x => x.attachment.At).ToListAsync(cancellationToken)).Select(x => (x.attachment, x.document))];

    /// <summary>Everything that was done to the task, oldest first.</summary>
    public async Task<IReadOnlyList<TaskEvent>> HistoryAsync(Guid taskId, CancellationToken cancellationToken)
    {
        var id = taskId.ToString();
        var rows = await db.AuditEntries.AsNoTracking().Where(x => x.Subject == "task" && x.SubjectId == id).OrderBy(x => x.Id).Take(200).ToListAsync(cancellationToken);
        return [.. rows.Select(x => new TaskEvent(x.At, x.Actor, x.ActorKind, What(x), x.Reason))];
    }

    private static string What(AuditEntry entry) => entry.Action switch
    {
        "Created" => "Tâche créée",
        "Claimed" => "Prise",
        "Released" => "Rendue aux candidats",
        "Reassigned" => $"Confiée à {entry.NewValues?["assigneeName"] ?? "une autre personne"}",
        "PriorityChanged" => $"Priorité : {TaskWords.Of(entry.NewValues?["priority"]?.ToString())}",
        "Escalated" => entry.NewValues?["priority"] is { } raised ? $"Échéance passée : priorité {TaskWords.Of(raised.ToString())}" : "Échéance passée : rappel",
        "Decided" => $"Réponse : {entry.NewValues?["outcome"]}",
        "Undone" => "Réponse annulée",
        "Completed" => $"Terminée{(entry.NewValues?["outcome"] is { } outcome ? $" : {outcome}" : "")}",
        "Cancelled" => "Plus à faire : la procédure a continué sans elle",
        var other => other,
    };
}

/// <summary>French words of a task's values.</summary>
public static class TaskWords
{
    public static string Of(TaskPriority priority) => priority switch
    {
        TaskPriority.Urgent => "urgente",
        TaskPriority.High => "haute",
        TaskPriority.Normal => "normale",
        TaskPriority.Low => "basse",
        _ => throw new ArgumentOutOfRangeException(nameof(priority)),
    };

    internal static string Of(string? stored) => Enum.TryParse<TaskPriority>(stored, true, out var priority) ? Of(priority) : "";
}
