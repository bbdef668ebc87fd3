using System.Buffers.Text;
using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>A passkey as lists show it.</summary>
public sealed record PasskeyLine(string Id, string Name, DateTimeOffset CreatedAt, bool IsSynced);

/// <summary>The WebAuthn ceremonies, by ASP.NET Core Identity; what is ours: who may, what it counts for, and names.</summary>
public sealed class Passkeys(UserManager<User> users, SignInManager<User> signIn, SignInService service)
{
    private const int Most = 10;

    /// <summary>Options of a new passkey, for the browser.</summary>
    public Task<string> CreationOptionsAsync(User user) =>
        signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Email ?? user.DisplayName, DisplayName = user.DisplayName });

    /// <summary>Options of a sign-in: any account when null.</summary>
    public Task<string> RequestOptionsAsync(User? user) => signIn.MakePasskeyRequestOptionsAsync(user);

    /// <summary>Keeps what the browser made; a sentence when it is refused.</summary>
    public async Task<string?> AddAsync(User user, string credential, string name)
    {
        PasskeyAttestationResult made;
        try
        {
            made = await signIn.PerformPasskeyAttestationAsync(credential);
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or System.Text.Json.JsonException)
        {
            return "La création a pris trop de temps. Recommencez.";
        }

        if (!made.Succeeded || made.UserEntity.Id != user.Id.ToString() || !made.Passkey.IsUserVerified)
        {
            return "Votre appareil n’a pas créé de clé utilisable : elle doit être protégée par un code, une empreinte ou un visage.";
        }

        if ((await users.GetPasskeysAsync(user)).Count >= Most)
        {
            return $"{Most} clés d’accès au plus : retirez-en une d’abord.";
        }

        // The table's key is the credential: one that somebody else registered must not change hands.
        if (await users.FindByPasskeyIdAsync(made.Passkey.CredentialId) is { } owner && owner.Id != user.Id)
        {
            return "Cette clé d’accès appartient déjà à un autre compte.";
        }

        made.Passkey.Name = name;
        var kept = await users.AddOrUpdatePasskeyAsync(user, made.Passkey);
        return kept.Succeeded ? null : string.Join(' ', kept.Errors.Select(x => x.Description));
    }

    /// <summary>The account that signed the challenge with one of its passkeys, its owner verified by the device; null otherwise. Noted either way.</summary>
    public async Task<User?> CheckAsync(string? credential, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(credential) || await service.IsHeldAsync(AttemptKind.Passkey, cancellationToken))
        {
            return null;
        }

        PasskeyAssertionResult<User>? shown = null;
        try
        {
            shown = await signIn.PerformPasskeyAssertionAsync(credential);
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or System.Text.Json.JsonException)
        {
            // No challenge was given to this browser, or it is too old: as wrong as a wrong key.
        }

        if (shown is not { Succeeded: true, User: { MayEnter: true } user, Passkey: { IsUserVerified: true } key })
        {
            await service.NoteAsync(AttemptKind.Passkey, shown?.User is null ? AttemptOutcome.Unknown : AttemptOutcome.Refused, shown?.User, null);
            return null;
        }

        // The counter must rise from here; a copy of the key would be noticed.
        if (!(await users.AddOrUpdatePasskeyAsync(user, key)).Succeeded)
        {
            return null;
        }

        await service.NoteAsync(AttemptKind.Passkey, AttemptOutcome.Success, user, null);
        return user;
    }

    public async Task<IReadOnlyList<PasskeyLine>> ListAsync(User user) =>
        [.. (await users.GetPasskeysAsync(user)).OrderBy(x => x.CreatedAt).Select(x => new PasskeyLine(Base64Url.EncodeToString(x.CredentialId), x.Name ?? "Clé d’accès", x.CreatedAt, x.IsBackedUp))];

    public async Task<bool> RenameAsync(User user, string id, string name)
    {
        if (await FindAsync(user, id) is not { } key)
        {
            return false;
        }

        key.Name = name;
        return (await users.AddOrUpdatePasskeyAsync(user, key)).Succeeded;
    }

    public async Task<bool> RemoveAsync(User user, string id) => await FindAsync(user, id) is { } key && (await users.RemovePasskeyAsync(user, key.CredentialId)).Succeeded;

    private async Task<UserPasskeyInfo?> FindAsync(User user, string id) => Base64Url.IsValid(id) ? await users.GetPasskeyAsync(user, Base64Url.DecodeFromChars(id)) : null;
}
