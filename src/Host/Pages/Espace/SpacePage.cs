using System.Security.Claims;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace;

/// <summary>A page of a company's, employee's or consultant's space. It reads through a portal session: what row-level security hides does not exist here.</summary>
public abstract class SpacePage(PortalSessions sessions) : PageModel
{
    private ClaimsPrincipal? _viewer;

    /// <summary>Whose rights the page has: the person's, unless it is shown to somebody else as <see cref="LookAs"/> says.</summary>
    public ClaimsPrincipal Viewer => _viewer ?? User;

    /// <summary>Shown inside another page, to look at: no form, no link that acts.</summary>
    public bool IsReadOnly => _viewer is not null;

    /// <summary>The page will be what this one sees, in a portal session of this one's, and nothing in it can be sent.</summary>
    internal void LookAs(ClaimsPrincipal viewer) => _viewer = viewer;

    protected Task<PortalSession> OpenAsync(CancellationToken cancellationToken) => sessions.OpenAsync(Identity(Viewer), cancellationToken);

    /// <summary>The address opens what its owner signs, whatever the role; companies sign too.</summary>
    internal static PortalIdentity Identity(ClaimsPrincipal person) => person.PortalIdentity() with { PersonEmail = person.Email() };
}

/// <summary>What of a dossier's documents somebody may see, beyond what row-level security already hides.</summary>
public static class VisibleDocuments
{
    // Papers of the bot and of our own filing; the evidence travels with the company's documents.
    private static readonly string[] Internal = [DocumentTypes.CaptureEcran, DocumentTypes.Paquet];

    /// <summary>Companies: all of theirs. Employees and consultants: only what they sign or what is their own, nothing of the employer's or the OPCO's papers.</summary>
    public static IQueryable<Document> For(ClaimsPrincipal person, MonOpcoDbContext db)
    {
        var visible = db.Documents.AsNoTracking().Where(x => x.DestroyedAt == null && !Internal.Contains(x.TypeCode));
        if (person.StandsForCompany())
        {
            return visible;
        }

        var (email, id) = (SearchText.EmailKey(person.Email()), person.Id());
        var mine = db.SignatureRequests.Where(r => r.Signers.Any(s => s.EmailKey == email));
        return visible.Where(x => x.PersonKey == email
            || mine.Any(r => r.DocumentId == x.Id || r.CurrentDocumentId == x.Id)
            || (x.Confidential && db.Dossiers.Any(d => d.Id == x.DossierId && d.ConsultantUserId == id)));
    }

    /// <summary>Without the versions that a later signature replaced.</summary>
    public static async Task<List<Document>> OfDossierAsync(ClaimsPrincipal person, MonOpcoDbContext db, Guid dossierId, CancellationToken cancellationToken)
    {
        var all = await For(person, db).Where(x => x.DossierId == dossierId).OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id).ToListAsync(cancellationToken);
        var replaced = all.Select(x => x.SourceDocumentId).OfType<Guid>().ToHashSet();

        // A signer sees the first and the last version but not those between.
        replaced.UnionWith(await db.SignatureRequests.Where(x => x.DossierId == dossierId && x.CurrentDocumentId != x.DocumentId).Select(x => x.DocumentId).ToListAsync(cancellationToken));
        return [.. all.Where(x => !replaced.Contains(x.Id))];
    }
}

/// <summary>A signature that waits, as lists show it. <paramref name="IsMine"/>: the person looking is the one who signs.</summary>
public sealed record PendingSignature(Guid SignerId, string Title, string Numero, Guid DossierId, string Name, SignerRole Role, DateTimeOffset? ExpiresAt, bool IsMine)
{
    public static async Task<List<PendingSignature>> ListAsync(MonOpcoDbContext db, ClaimsPrincipal person, Guid? dossierId, CancellationToken cancellationToken)
    {
        var email = SearchText.EmailKey(person.Email());
        return await db.Signers.AsNoTracking()
            .Where(x => (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.Request!.Status == SignatureRequestStatus.Pending && (dossierId == null || x.Request.DossierId == dossierId))
            .Join(db.Dossiers, x => x.Request!.DossierId, d => d.Id, (x, d) => new { Signer = x, x.Request!.Title, d.Numero, d.Id })
            .OrderBy(x => x.Signer.ExpiresAt)
            .Select(x => new PendingSignature(x.Signer.Id, x.Title, x.Numero, x.Id, x.Signer.Name, x.Signer.Role, x.Signer.ExpiresAt, x.Signer.EmailKey == email))
            .ToListAsync(cancellationToken);
    }

    /// <summary>The last day to answer; the instant stored is the midnight after it.</summary>
    public DateOnly? LastDay => ExpiresAt is { } end ? Fr.InParis(end.AddSeconds(-1)) : null;
}
