using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Users;

/// <summary>Authenticator application and recovery codes of an account.</summary>
public sealed class SecondFactorService(MonOpcoDbContext db, KeyRing keys)
{
    public const int RecoveryCodeCount = 10;

    /// <summary>Letters and digits that nobody takes for one another.</summary>
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    public Task<bool> HasAuthenticatorAsync(Guid userId, CancellationToken cancellationToken) =>
        db.SecondFactors.AnyAsync(x => x.UserId == userId && x.ConfirmedAt != null, cancellationToken);

    /// <summary>Authenticator or passkey: something that can be asked for.</summary>
    public async Task<bool> HasAnyAsync(Guid userId, CancellationToken cancellationToken) =>
        await HasAuthenticatorAsync(userId, cancellationToken) || await db.UserPasskeys.AnyAsync(x => x.UserId == userId, cancellationToken);

    public Task<int> CodesLeftAsync(Guid userId, CancellationToken cancellationToken) => db.RecoveryCodes.CountAsync(x => x.UserId == userId && x.UsedAt == null, cancellationToken);

    /// <summary>The secret to show while an authenticator is being set up; the same until it is confirmed or an hour has passed.</summary>
    public Task<byte[]> BeginAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"second-factor:{userId}", cancellationToken);
            var row = await db.SecondFactors.SingleOrDefaultAsync(x => x.UserId == userId, cancellationToken);
            if (row?.ConfirmedAt is not null)
            {
                throw new RuleBrokenException("second-factor.set", "Une application d’authentification est déjà associée à ce compte.");
            }

            if (row is not null && now - row.CreatedAt < TimeSpan.FromHours(1))
            {
                return await OpenAsync(row, cancellationToken);
            }

            var secret = Totp.NewSecret();
            if (row is null)
            {
                db.SecondFactors.Add(new SecondFactor { UserId = userId, SealedSecret = await SealAsync(userId, secret, cancellationToken), CreatedAt = now.ToUniversalTime() });
            }
            else
            {
                (row.SealedSecret, row.CreatedAt) = (await SealAsync(userId, secret, cancellationToken), now.ToUniversalTime());
            }

            await db.SaveChangesAsync(cancellationToken);
            return secret;
        },
        cancellationToken);

    /// <summary>The first code proves that the application has the secret; gives the recovery codes, which are shown once. Null: the code is wrong.</summary>
    public Task<IReadOnlyList<string>?> ConfirmAsync(Guid userId, string code, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"second-factor:{userId}", cancellationToken);
            var row = await db.SecondFactors.SingleOrDefaultAsync(x => x.UserId == userId && x.ConfirmedAt == null, cancellationToken);
            if (row is null || Totp.StepOf(await OpenAsync(row, cancellationToken), Clean(code), change.Now, row.LastStep) is not { } step)
            {
                return null;
            }

            var user = await db.Users.SingleAsync(x => x.Id == userId, cancellationToken);
            (row.ConfirmedAt, row.LastStep, user.TwoFactorEnabled) = (change.Now, step, true);
            db.Audit(user, Accounts.Subject, userId, null, "SecondFactorSet", change);
            return (IReadOnlyList<string>?)await ReplaceCodesAsync(userId, change, cancellationToken);
        },
        cancellationToken);

    /// <summary>New recovery codes; the old ones are dead.</summary>
    public Task<IReadOnlyList<string>> RenewCodesAsync(Guid userId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"second-factor:{userId}", cancellationToken);
            db.AuditFact(Accounts.Subject, userId, "RecoveryCodesRenewed", change);
            return await ReplaceCodesAsync(userId, change, cancellationToken);
        },
        cancellationToken);

    /// <summary>Is this code of the authenticator, or this recovery code, right? Each is taken once, whoever races.</summary>
    public Task<bool> VerifyAsync(Guid userId, string typed, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"second-factor:{userId}", cancellationToken);
            var code = Clean(typed);
            if (code.Length == 6 && code.All(char.IsAsciiDigit))
            {
                var row = await db.SecondFactors.SingleOrDefaultAsync(x => x.UserId == userId && x.ConfirmedAt != null, cancellationToken);
                if (row is null || Totp.StepOf(await OpenAsync(row, cancellationToken), code, change.Now, row.LastStep) is not { } step)
                {
                    return false;
                }

                row.LastStep = step;
                await db.SaveChangesAsync(cancellationToken);
                return true;
            }

            var hash = HashOf(userId, code);
            var recovery = await db.RecoveryCodes.SingleOrDefaultAsync(x => x.UserId == userId && x.Hash == hash && x.UsedAt == null, cancellationToken);
            if (recovery is null)
            {
                return false;
            }

            recovery.UsedAt = change.Now;
            db.AuditFact(Accounts.Subject, userId, "RecoveryCodeUsed", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Takes authenticator, recovery codes and (unless <paramref name="keepPasskeys"/>) passkeys away.</summary>
    public Task RemoveAsync(Guid userId, bool keepPasskeys, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"second-factor:{userId}", cancellationToken);
            var user = await db.Users.SingleAsync(x => x.Id == userId, cancellationToken);
            user.TwoFactorEnabled = false;
            user.ConcurrencyStamp = Guid.NewGuid().ToString();
            db.Audit(user, Accounts.Subject, userId, null, "SecondFactorRemoved", change);
            await db.SaveChangesAsync(cancellationToken);
            await db.SecondFactors.Where(x => x.UserId == userId).ExecuteDeleteAsync(cancellationToken);
            await db.RecoveryCodes.Where(x => x.UserId == userId).ExecuteDeleteAsync(cancellationToken);
            if (!keepPasskeys)
            {
                await db.UserPasskeys.Where(x => x.UserId == userId).ExecuteDeleteAsync(cancellationToken);
            }

            return true;
        },
        cancellationToken);

    private async Task<IReadOnlyList<string>> ReplaceCodesAsync(Guid userId, ChangeContext change, CancellationToken cancellationToken)
    {
        await db.RecoveryCodes.Where(x => x.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        var codes = Enumerable.Range(0, RecoveryCodeCount).Select(_ => RandomNumberGenerator.GetString(Alphabet, 10)).ToList();
        db.RecoveryCodes.AddRange(codes.Select(x => new RecoveryCode { Id = Guid.CreateVersion7(change.Now), UserId = userId, Hash = HashOf(userId, x), CreatedAt = change.Now }));
        await db.SaveChangesAsync(cancellationToken);
        return [.. codes.Select(x => $"{x[..5]}-{x[5..]}")];
    }

    // Keyed: the database alone does not let anybody try codes.
    private byte[] HashOf(Guid userId, string code) => keys.Hash("recovery-code", $"{userId:N}{code}");

    private Task<byte[]> SealAsync(Guid userId, byte[] secret, CancellationToken cancellationToken) => keys.EncryptAsync(KeySubject.Account(userId), PlaceOf(userId), secret, cancellationToken);

    // An erased account has no secret: nothing matches.
    private async Task<byte[]> OpenAsync(SecondFactor row, CancellationToken cancellationToken) => await keys.DecryptAsync(KeySubject.Account(row.UserId), PlaceOf(row.UserId), row.SealedSecret, cancellationToken) ?? Totp.NewSecret();

    private static KeyPlace PlaceOf(Guid userId) => new("second_factors", "sealed_secret", userId.ToString());

    private static string Clean(string code) => new([.. code.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]);
}
