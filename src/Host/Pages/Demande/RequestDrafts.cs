using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>Drafts of requests, always through the author's own portal session: row-level security decides what exists.</summary>
public sealed class RequestDrafts(PortalSessions sessions, TimeProvider clock)
{
    public async Task<RequestDraft> CreateAsync(ClaimsPrincipal author, Company company, DossierKind kind, DateOnly? start, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var form = new RequestForm { ContactName = author.ShownName(), Action = { Start = start is { } day ? Fr.Date(day) : null, Title = kind == DossierKind.Bilan ? "Bilan de compétences" : null } };
        var draft = new RequestDraft { Id = Guid.CreateVersion7(now), UserId = author.Id(), CompanyId = company.Id, Kind = kind, Data = form.Write(), CreatedAt = now, UpdatedAt = now };
        await using var session = await sessions.OpenAsync(author.PortalIdentity(), cancellationToken);

        // A button pressed twice begins one request.
        await session.LockAsync($"draft:{draft.UserId}", cancellationToken);
        var just = now.ToUniversalTime().AddSeconds(-10);
        var begun = await session.Db.RequestDrafts.AsNoTracking().Where(x => x.UserId == draft.UserId && x.CompanyId == company.Id && x.Kind == kind && x.SentAs == null && x.CreatedAt > just).ToListAsync(cancellationToken);
        if (begun.FirstOrDefault(x => JsonNode.DeepEquals(x.Data, draft.Data)) is { } same)
        {
            return same;
        }

        session.Db.RequestDrafts.Add(draft);
        await session.Db.SaveChangesAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
        return draft;
    }

    public async Task<RequestDraft?> FindAsync(ClaimsPrincipal author, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await sessions.OpenAsync(author.PortalIdentity(), cancellationToken);
        return await session.Db.RequestDrafts.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id && x.UserId == author.Id(), cancellationToken);
    }

    /// <summary>Not sent yet, newest first.</summary>
    public async Task<List<RequestDraft>> UnfinishedAsync(ClaimsPrincipal author, CancellationToken cancellationToken)
    {
        await using var session = await sessions.OpenAsync(author.PortalIdentity(), cancellationToken);
        return await session.Db.RequestDrafts.AsNoTracking().Where(x => x.UserId == author.Id() && x.SentAs == null).OrderByDescending(x => x.UpdatedAt).Take(5).ToListAsync(cancellationToken);
    }

    public Task SaveAsync(ClaimsPrincipal author, Guid id, RequestForm form, CancellationToken cancellationToken) => ChangeAsync(author, id, draft => draft.Data = form.Write(), cancellationToken);

    /// <summary>The dossier has everything now; personal data is not kept twice.</summary>
    public Task CloseAsync(ClaimsPrincipal author, Guid id, string numero, CancellationToken cancellationToken) => ChangeAsync(author, id, draft => (draft.SentAs, draft.Data) = (numero, []), cancellationToken);

    private async Task ChangeAsync(ClaimsPrincipal author, Guid id, Action<RequestDraft> apply, CancellationToken cancellationToken)
    {
        await using var session = await sessions.OpenAsync(author.PortalIdentity(), cancellationToken);
        var draft = await session.Db.RequestDrafts.SingleAsync(x => x.Id == id && x.UserId == author.Id(), cancellationToken);
        apply(draft);
        draft.UpdatedAt = clock.GetUtcNow();
        await session.Db.SaveChangesAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
