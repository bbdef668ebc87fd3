using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Signatures;

public sealed record NewSigner(SignerRole Role, int Order, string Name, string Email, string Quality = "");

public sealed record NewSignatureRequest(Guid DossierId, string DocumentTypeCode, Guid DocumentId, string Title, IReadOnlyList<NewSigner> Signers)
{
    /// <summary>Stable id, so that a repeated call finds the request.</summary>
    public Guid? Id { get; init; }

    public string? BookmarkKey { get; init; }

    public string Provider { get; init; } = "builtin";
}

public enum SignerRefusal
{
    Unknown,
    Expired,
    AlreadySigned,
    AlreadyDeclined,

    /// <summary>The request was closed by somebody else's refusal, or cancelled.</summary>
    Closed,
}

public sealed record SignerResult(Signer? Signer, SignerRefusal? Refusal, string Message);

/// <summary><paramref name="ConsentVersion"/>: Version of the text the person accepted. <paramref name="DocumentSha256"/>: Hash of the document as shown; another one means that it changed in between.</summary>
public sealed record Sign(string Code, string ConsentVersion, string DocumentSha256, string IpAddress, string UserAgent);

/// <summary><paramref name="Invited"/>: Signers whose turn has come.</summary>
public sealed record SignedResult(Signer Signer, bool Completed, IReadOnlyList<Signer> Invited);

/// <summary>The built-in signature: personal link, consent, one-time code. In eIDAS terms a simple electronic signature.</summary>
public sealed class SignatureService(MonOpcoDbContext db, RuleBook rules, KeyRing keys, DossierService dossiers)
{
    public const int MaxCodeAttempts = 5;
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Invites the first signers. Their tokens come from <see cref="TokenOf"/>.</summary>
    public Task<SignatureRequest> CreateAsync(NewSignatureRequest command, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (command.Id is { } known && await db.SignatureRequests.Include(x => x.Signers).FirstOrDefaultAsync(x => x.Id == known, cancellationToken) is { } existing)
            {
                return existing;
            }

            var companyId = await db.Dossiers.Where(x => x.Id == command.DossierId).Select(x => x.CompanyId).SingleAsync(cancellationToken);
            var id = command.Id ?? Guid.CreateVersion7(change.Now);
            var request = new SignatureRequest
            {
                Id = id,
                DossierId = command.DossierId,
                CompanyId = companyId,
                DocumentTypeCode = command.DocumentTypeCode,
                DocumentId = command.DocumentId,
                CurrentDocumentId = command.DocumentId,
                Title = command.Title,
                Provider = command.Provider,
                BookmarkKey = command.BookmarkKey,
                CreatedAt = change.Now,
                Signers = [.. command.Signers.OrderBy(x => x.Order).Select(x => new Signer
                {
                    Id = Guid.CreateVersion7(change.Now), RequestId = id, CompanyId = companyId, Role = x.Role, Order = x.Order, Name = x.Name.Trim(), Email = x.Email.Trim(), Quality = x.Quality,
                })],
            };
            request.Signers.ForEach(x => x.Refresh());
            db.SignatureRequests.Add(request);
            db.Audit(request, "signature", id, command.DossierId, "Created", change);
            await InviteNextAsync(request, change, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return request;
        },
        cancellationToken);

    /// <summary>The secret of the personal link, derived by the application's key: the mail effect computes it when it runs and nothing stored carries it.</summary>
    public string TokenOf(Signer signer) => Tokens.Text(keys.Hash("signer", $"{signer.Id:N}:{signer.InvitationGeneration}"));

    public async Task<SignerResult> OpenAsync(string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hash = Tokens.Hash(token);
        var signer = await db.Signers.Include(x => x.Request).FirstOrDefaultAsync(x => x.InvitationHash == hash, cancellationToken);
        return Judge(signer, now);
    }

    /// <summary>
    /// A new link for the same person; the old one no longer opens. The time to answer goes on. Within <paramref name="pause"/> of the last one it is refused: a flood
    /// would make each mail useless before it is read.
    /// </summary>
    public Task<Signer> RenewLinkAsync(Guid signerId, ChangeContext change, CancellationToken cancellationToken, TimeSpan pause = default) => ChangeAsync(
        signerId,
        "LinkRenewed",
        change,
        cancellationToken,
        async signer =>
        {
            var (since, id) = (change.Now.ToUniversalTime() - pause, signerId.ToString());
            if (pause > TimeSpan.Zero && await db.AuditEntries.AnyAsync(x => x.Subject == "signer" && x.SubjectId == id && x.Action == "LinkRenewed" && x.At > since, cancellationToken))
            {
                throw new RuleBrokenException("link-too-soon", "Un nouveau lien vient d’être envoyé. Attendez quelques minutes avant d’en demander un autre.");
            }

            signer.InvitationGeneration++;
            signer.InvitationHash = Tokens.Hash(TokenOf(signer));
            return signer;
        });

    public Task<Signer> RecordViewedAsync(Guid signerId, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        signerId,
        "Viewed",
        change,
        cancellationToken,
        signer =>
        {
            if (signer.Status == SignerStatus.Invited)
            {
                (signer.Status, signer.ViewedAt) = (SignerStatus.Viewed, change.Now);
            }

            return Task.FromResult(signer);
        });

    /// <summary>The six digits of the code last asked for, derived by the application's key like the link: the mail effect computes them, nothing stored carries them.</summary>
    public string CodeOf(Signer signer)
    {
        var number = BitConverter.ToUInt32(keys.Hash("signer-code", $"{signer.Id:N}:{signer.CodeSentAt!.Value.ToUnixTimeMilliseconds()}")) % 1_000_000;
        return number.ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A new six-digit code, returned for the mail and kept hashed. Wrong tries start again at zero, so a new code is refused within a minute.</summary>
    public Task<string> SendCodeAsync(Guid signerId, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        signerId,
        "CodeSent",
        change,
        cancellationToken,
        signer =>
        {
            RequireOpen(signer, change.Now);
            if (signer.CodeSentAt is { } sent && change.Now - sent < TimeSpan.FromMinutes(1))
            {
                throw new RuleBrokenException("code-too-soon", "Un code vient de vous être envoyé. Attendez une minute avant d’en demander un autre.");
            }

            signer.CodeSentAt = change.Now;
            var code = CodeOf(signer);
            (signer.CodeHash, signer.CodeSentAt, signer.CodeExpiresAt, signer.CodeAttempts) = (Tokens.HashCode(signer.Id, code), change.Now, change.Now + CodeLifetime, 0);
            return Task.FromResult(code);
        });

    /// <summary>
    /// Signs once. Inside a transaction of the caller (to resume the procedure with it) call <see cref="CheckCodeAsync"/> before that transaction and pass
    /// <paramref name="codeChecked"/>: otherwise a wrong try would be rolled back with it and not count.
    /// </summary>
    public async Task<SignedResult> SignAsync(Guid signerId, Sign command, ChangeContext change, CancellationToken cancellationToken, bool codeChecked = false)
    {
        if (!codeChecked)
        {
            await CheckCodeAsync(signerId, command.Code, change, cancellationToken);
        }

        return await ChangeAsync(
            signerId,
            "Signed",
            change,
            cancellationToken,
            async signer =>
            {
                RequireOpen(signer, change.Now);
                var request = await db.SignatureRequests.Include(x => x.Signers).SingleAsync(x => x.Id == signer.RequestId, cancellationToken);
                var shown = await db.Documents.Where(x => x.Id == request.CurrentDocumentId).Select(x => x.Sha256).SingleAsync(cancellationToken);
                if (!string.Equals(shown, command.DocumentSha256, StringComparison.OrdinalIgnoreCase))
                {
                    throw new RuleBrokenException("document-changed", "Le document a changé depuis que vous l’avez ouvert (un autre signataire vient de signer). Relisez-le puis signez.");
                }

                (signer.Status, signer.SignedAt, signer.ConsentVersion, signer.SignedSha256) = (SignerStatus.Signed, change.Now, command.ConsentVersion, shown);
                (signer.IpHash, signer.UserAgent) = (keys.Hash("ip", command.IpAddress), Shorten(command.UserAgent));
                (signer.CodeHash, signer.CodeExpiresAt) = (null, null);

                // Now: what follows saves, and a change that is saved leaves no trace any more.
                db.Audit(signer, "signer", signerId, request.DossierId, "Signed", change);
                var completed = request.Signers.All(x => x.Status == SignerStatus.Signed);
                if (completed)
                {
                    (request.Status, request.CompletedAt) = (SignatureRequestStatus.Completed, change.Now);
                    db.Audit(request, "signature", request.Id, request.DossierId, "Completed", change);
                }

                var invited = completed ? [] : await InviteNextAsync(request, change, cancellationToken);
                await dossiers.AddEventAsync(request.DossierId, DossierEventKinds.Signed, $"{signer.Name} signe « {request.Title} ».", change, cancellationToken, [request.CurrentDocumentId]);
                return new SignedResult(signer, completed, invited);
            });
    }

    /// <summary>Refusal in words; closes the request for all.</summary>
    public Task<Signer> DeclineAsync(Guid signerId, string reason, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        signerId,
        "Declined",
        change,
        cancellationToken,
        async signer =>
        {
            RequireOpen(signer, change.Now);
            (signer.Status, signer.DeclinedAt, signer.DeclineReason) = (SignerStatus.Declined, change.Now, reason.Trim());
            db.Audit(signer, "signer", signerId, signer.Request!.DossierId, "Declined", change);
            await CloseAsync(signer.RequestId, SignatureRequestStatus.Declined, "Declined", change, cancellationToken);
            await dossiers.AddEventAsync(signer.Request!.DossierId, DossierEventKinds.Signed, $"{signer.Name} refuse de signer « {signer.Request!.Title} ».", change, cancellationToken);
            return signer;
        });

    /// <summary>
    /// Closes a request whose time has passed; for the employee of a bilan silence is a refusal. Returns the signers who were silent: none = nothing to do
    /// (still in time, or already closed).
    /// </summary>
    public Task<IReadOnlyList<Signer>> ExpireAsync(Guid requestId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync<IReadOnlyList<Signer>>(
        async () =>
        {
            await LockAsync(requestId, cancellationToken);
            var request = await db.SignatureRequests.Include(x => x.Signers).SingleAsync(x => x.Id == requestId, cancellationToken);
            var late = request.Signers.Where(x => x.Status is SignerStatus.Invited or SignerStatus.Viewed && x.ExpiresAt <= change.Now).ToList();
            if (request.Status != SignatureRequestStatus.Pending || late.Count == 0)
            {
                return [];
            }

            foreach (var signer in late)
            {
                signer.Status = signer.Role == SignerRole.Beneficiaire ? SignerStatus.RefusTacite : SignerStatus.Expired;
                db.Audit(signer, "signer", signer.Id, request.DossierId, signer.Status.ToString(), change);
            }

            await CloseAsync(requestId, SignatureRequestStatus.Expired, "Expired", change, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            var text = late.Any(x => x.Status == SignerStatus.RefusTacite)
                ? $"Sans réponse dans le délai légal, le salarié est réputé refuser « {request.Title} »."
                : $"Le délai de signature de « {request.Title} » est passé.";
            await dossiers.AddEventAsync(request.DossierId, DossierEventKinds.Signed, text, change, cancellationToken);
            return late;
        },
        cancellationToken);

    /// <summary>Pending requests in which somebody's time has passed.</summary>
    public Task<List<Guid>> OverdueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        now = now.ToUniversalTime();
        return db.Signers.Where(x => (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.ExpiresAt <= now && x.Request!.Status == SignatureRequestStatus.Pending)
            .Select(x => x.RequestId).Distinct().ToListAsync(cancellationToken);
    }

    public Task<bool> CancelAsync(Guid requestId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await LockAsync(requestId, cancellationToken);
            return await CloseAsync(requestId, SignatureRequestStatus.Cancelled, "Cancelled", change, cancellationToken);
        },
        cancellationToken);

    /// <summary>The sealed PDF after a signature, or the evidence file.</summary>
    public Task<bool> AttachAsync(Guid requestId, Guid? currentDocumentId, Guid? evidenceDocumentId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await LockAsync(requestId, cancellationToken);
            var request = await db.SignatureRequests.SingleAsync(x => x.Id == requestId, cancellationToken);
            request.CurrentDocumentId = currentDocumentId ?? request.CurrentDocumentId;
            request.EvidenceDocumentId = evidenceDocumentId ?? request.EvidenceDocumentId;
            if (!db.Audit(request, "signature", requestId, request.DossierId, "DocumentAttached", change))
            {
                return false;
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Everything the evidence file tells.</summary>
    public async Task<SignatureEvidence> EvidenceAsync(Guid requestId, CancellationToken cancellationToken)
    {
        var request = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).SingleAsync(x => x.Id == requestId, cancellationToken);
        var hashes = await db.Documents.Where(x => x.Id == request.DocumentId || x.Id == request.CurrentDocumentId).ToDictionaryAsync(x => x.Id, x => x.Sha256, cancellationToken);
        var numero = await db.Dossiers.Where(x => x.Id == request.DossierId).Select(x => x.Numero).SingleAsync(cancellationToken);
        return new SignatureEvidence(
            request.Id, numero, request.Title, request.Level, request.Provider, hashes[request.DocumentId], hashes[request.CurrentDocumentId], request.CreatedAt, request.CompletedAt,
            [.. request.Signers.OrderBy(x => x.Order).ThenBy(x => x.Id).Select(x => new SignerEvidence(
                x.Name, x.Email, x.Role, x.Quality, x.Status, x.InvitedAt, x.ViewedAt, x.CodeSentAt, x.SignedAt, x.DeclinedAt, x.ConsentVersion, x.SignedSha256,
                x.IpHash is null ? null : Convert.ToHexStringLower(x.IpHash), x.UserAgent))]);
    }

    private static SignerResult Judge(Signer? signer, DateTimeOffset now) => signer switch
    {
        null => new SignerResult(null, SignerRefusal.Unknown, "Ce lien n’est pas valable, ou un lien plus récent vous a été envoyé."),
        { Status: SignerStatus.Signed } => new SignerResult(signer, SignerRefusal.AlreadySigned, $"Vous avez déjà signé ce document le {Fr.DateTime(signer.SignedAt!.Value)}."),
        { Status: SignerStatus.Declined } => new SignerResult(signer, SignerRefusal.AlreadyDeclined, "Vous avez refusé de signer ce document."),
        { Status: SignerStatus.RefusTacite or SignerStatus.Expired } => new SignerResult(signer, SignerRefusal.Expired, $"Le délai pour signer est passé depuis le {Fr.Date(signer.ExpiresAt!.Value.AddSeconds(-1))}."),
        _ when signer.ExpiresAt <= now => new SignerResult(signer, SignerRefusal.Expired, $"Le délai pour signer est passé depuis le {Fr.Date(signer.ExpiresAt!.Value.AddSeconds(-1))}."),
        { Request.Status: not SignatureRequestStatus.Pending } => new SignerResult(signer, SignerRefusal.Closed, "Cette demande de signature est close."),
        _ => new SignerResult(signer, null, ""),
    };

    private static void RequireOpen(Signer signer, DateTimeOffset now)
    {
        if (signer.Status == SignerStatus.Waiting)
        {
            throw new RuleBrokenException("not-your-turn", "D’autres personnes doivent signer avant vous.");
        }

        if (Judge(signer, now) is { Refusal: not null } refused)
        {
            throw new RuleBrokenException($"signer-{refused.Refusal}", refused.Message);
        }
    }

    private static string Shorten(string text) => text.Length > 300 ? text[..300] : text;

    private async Task<List<Signer>> InviteNextAsync(SignatureRequest request, ChangeContext change, CancellationToken cancellationToken)
    {
        var order = request.Signers.Where(x => x.Status != SignerStatus.Signed).Min(x => x.Order);
        var invited = request.Signers.Where(x => x.Order == order && x.Status == SignerStatus.Waiting).ToList();
        var today = Fr.InParis(change.Now);
        var kind = await db.Dossiers.Where(x => x.Id == request.DossierId).Select(x => x.Kind).SingleAsync(cancellationToken);
        foreach (var signer in invited)
        {
            // The employee's days are counted from the day after the transmission; the last one is open until midnight in France.
            var rule = signer.Role == SignerRole.Beneficiaire && kind == DossierKind.Bilan ? RuleCodes.EmployeeAnswerDays : RuleCodes.SignatureDays;
            var days = (int)await rules.RequireNumberAsync(rule, today, cancellationToken);
            (signer.Status, signer.InvitedAt, signer.ExpiresAt, signer.InvitationGeneration) = (SignerStatus.Invited, change.Now, Fr.StartInParis(today.AddDays(days + 1)), 1);
            signer.InvitationHash = Tokens.Hash(TokenOf(signer));
        }

        return invited;
    }

    /// <summary>Throws with a French sentence unless the code is the right one; every call counts as a try.</summary>
    public async Task CheckCodeAsync(Guid signerId, string code, ChangeContext change, CancellationToken cancellationToken)
    {
        // In its own statement and before the comparison, so that parallel guesses and rolled-back signatures count.
        var counted = await db.Signers.Where(x => x.Id == signerId && x.CodeHash != null && x.CodeAttempts < MaxCodeAttempts).ExecuteUpdateAsync(x => x.SetProperty(s => s.CodeAttempts, s => s.CodeAttempts + 1), cancellationToken);
        var state = await db.Signers.AsNoTracking().Where(x => x.Id == signerId).Select(x => new { x.CodeHash, x.CodeExpiresAt }).SingleAsync(cancellationToken);
        if (counted == 0)
        {
            throw new RuleBrokenException("code-missing", state.CodeHash is null ? "Demandez d’abord un code." : "Trop d’essais : demandez un nouveau code.");
        }

        if (state.CodeExpiresAt <= change.Now)
        {
            throw new RuleBrokenException("code-expired", "Ce code a expiré : demandez-en un nouveau.");
        }

        if (!CryptographicOperations.FixedTimeEquals(Tokens.HashCode(signerId, code), state.CodeHash))
        {
            throw new RuleBrokenException("code-wrong", "Ce code n’est pas le bon. Vérifiez le dernier message reçu.");
        }
    }

    private async Task<bool> CloseAsync(Guid requestId, SignatureRequestStatus status, string action, ChangeContext change, CancellationToken cancellationToken)
    {
        var request = await db.SignatureRequests.SingleAsync(x => x.Id == requestId, cancellationToken);
        if (request.Status != SignatureRequestStatus.Pending)
        {
            return false;
        }

        request.Status = status;
        db.Audit(request, "signature", requestId, request.DossierId, action, change);
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

#pragma warning disable CA1068 // The lambda reads better last.
    private Task<T> ChangeAsync<T>(Guid signerId, string action, ChangeContext change, CancellationToken cancellationToken, Func<Signer, Task<T>> apply) => db.InTransactionAsync(
        async () =>
        {
            var requestId = await db.Signers.Where(x => x.Id == signerId).Select(x => x.RequestId).SingleAsync(cancellationToken);
#pragma warning restore CA1068
            await LockAsync(requestId, cancellationToken);
            var signer = await db.Signers.Include(x => x.Request).SingleAsync(x => x.Id == signerId, cancellationToken);
            await db.Entry(signer).ReloadAsync(cancellationToken);
            await db.Entry(signer.Request!).ReloadAsync(cancellationToken);
            var result = await apply(signer);
            if (db.Audit(signer, "signer", signerId, signer.Request!.DossierId, action, change))
            {
                await db.SaveChangesAsync(cancellationToken);
            }

            return result;
        },
        cancellationToken);

    private Task LockAsync(Guid requestId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"select 1 from signature_requests where id = {requestId} for update", cancellationToken);
}
