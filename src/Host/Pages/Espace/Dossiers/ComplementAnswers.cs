using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Nodes;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>One line of the form.</summary>
public sealed class ComplementAnswer
{
    public Guid Id { get; set; }

    [Display(Name = "Votre réponse"), StringLength(8_000)]
    public string? Text { get; set; }

    [Display(Name = "Fichier")]
    public IFormFile? File { get; set; }
}

/// <summary>A text, or a file by name and content.</summary>
public sealed record GivenAnswer(Guid ComplementId, string? Text, string? FileName, byte[]? File);

/// <summary>
/// <paramref name="Refused"/>: which answers were not taken, with a sentence each. <paramref name="Complete"/>: nothing is left to answer. <paramref name="Repeated"/>: all
/// of them were there already (a form sent twice).
/// </summary>
public sealed record SavedAnswers(IReadOnlyDictionary<Guid, string> Refused, bool Complete, bool Repeated = false);

/// <summary>
/// Takes the answers of a company. Those that complete the list are written in the burst that wakes the procedure, so that both happen or neither; the others through
/// the company's own session.
/// </summary>
public sealed class ComplementAnswers(PortalSessions sessions, WorkflowRuntime runtime, TimeProvider clock)
{
    public async Task<SavedAnswers> SaveAsync(ClaimsPrincipal person, Guid dossierId, IReadOnlyList<Complement> open, IReadOnlyList<GivenAnswer> given, CancellationToken cancellationToken)
    {
        var change = person.Change(clock.GetUtcNow());
        var keys = open.ToDictionary(x => x.Id, x => x.Key);
        var refused = new Dictionary<Guid, string>();
        var rest = given.ToList();
        var written = 0;
        while (rest.Count > 0)
        {
            var complete = open.All(x => rest.Any(answer => answer.ComplementId == x.Id));
            try
            {
                if (complete)
                {
                    await CompleteAsync();
                }
                else
                {
                    await WriteAloneAsync();
                }

                return new SavedAnswers(refused, complete, written == 0);
            }
            catch (RefusedAnswerException problem)
            {
                refused[problem.ComplementId] = problem.Message;
                rest.RemoveAll(x => x.ComplementId == problem.ComplementId);
            }
        }

        return new SavedAnswers(refused, false);

        async Task CompleteAsync()
        {
            var outcome = await runtime.ResumeAsync(WaitForComplements.BookmarkKind, dossierId.ToString(), new JsonObject(), change.ActorName, (services, _) => WriteAsync(services), cancellationToken);
            if (outcome is not ResumeOutcome.Resumed)
            {
                // Between two waits (a reminder is just leaving): the procedure looks again before it waits, and the stimulus reaches it if it waited meanwhile.
                await WriteAloneAsync();
                if (written == 0)
                {
                    return;
                }

                await runtime.PublishAsync(new PublishedStimulus(Guid.CreateVersion7(), WaitForComplements.BookmarkKind, dossierId.ToString(), null, null, new JsonObject()), change.ActorName, cancellationToken);
            }
        }

        async Task WriteAloneAsync()
        {
            await using var session = await sessions.OpenAsync(SpacePage.Identity(person), cancellationToken);
            await WriteAsync(session.Services);
            await session.CommitAsync(cancellationToken);
        }

        async Task WriteAsync(IServiceProvider services)
        {
            // The transaction may run again: counted anew.
            written = 0;
            foreach (var answer in rest)
            {
                try
                {
                    if (!await services.GetRequiredService<ComplementService>().IsOpenAsync(answer.ComplementId, cancellationToken))
                    {
                        continue;
                    }

                    written++;
                    var document = answer.File is null ? null
                        : await services.GetRequiredService<DocumentStore>().AddAsync(new NewDocument(keys[answer.ComplementId], answer.FileName!, dossierId), new MemoryStream(answer.File), change, cancellationToken);
                    await services.GetRequiredService<ComplementService>().AnswerAsync(answer.ComplementId, answer.Text, document?.Id, change, cancellationToken);
                }
                catch (RuleBrokenException broken)
                {
                    throw new RefusedAnswerException(answer.ComplementId, broken.Message);
                }
            }
        }
    }

    private sealed class RefusedAnswerException(Guid complementId, string message) : Exception(message)
    {
        public Guid ComplementId => complementId;
    }
}
