using Microsoft.AspNetCore.Identity;

namespace MonOPCO.Host.SignIn;

/// <summary>Identity's refusals, in French. Only those our settings can produce.</summary>
internal sealed class FrenchIdentityErrors : IdentityErrorDescriber
{
    public override IdentityError DefaultError() => Error(nameof(DefaultError), "L’opération a échoué. Recommencez, ou écrivez-nous si cela continue.");

    public override IdentityError ConcurrencyFailure() => Error(nameof(ConcurrencyFailure), "Ce compte vient d’être modifié ailleurs. Rechargez la page et recommencez.");

    public override IdentityError PasswordMismatch() => Error(nameof(PasswordMismatch), "Le mot de passe actuel n’est pas le bon.");

    public override IdentityError PasswordTooShort(int length) => Error(nameof(PasswordTooShort), $"Choisissez un mot de passe d’au moins {Fr.Plural(length, "caractère")}.");

    public override IdentityError PasswordRequiresUniqueChars(int uniqueChars) =>
        Error(nameof(PasswordRequiresUniqueChars), $"Utilisez au moins {Fr.Plural(uniqueChars, "caractère différent", "caractères différents")}.");

    public override IdentityError InvalidEmail(string? email) => Error(nameof(InvalidEmail), "Cette adresse électronique n’est pas valable.");

    public override IdentityError DuplicateEmail(string email) => Error(nameof(DuplicateEmail), "Cette adresse est déjà utilisée.");

    public override IdentityError DuplicateUserName(string userName) => Error(nameof(DuplicateUserName), "Cette adresse est déjà utilisée.");

    private static IdentityError Error(string code, string description) => new() { Code = code, Description = description };
}
