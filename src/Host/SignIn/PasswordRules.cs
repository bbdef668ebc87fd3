using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Beside the length: not a common password dressed up, nor the person's own name.</summary>
internal sealed class PasswordRules : IPasswordValidator<User>
{
    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) => Task.FromResult(
        PasswordWeakness.Of(password ?? "", user.Email, user.DisplayName) is { } weakness ? IdentityResult.Failed(new IdentityError { Code = "PasswordWeak", Description = weakness }) : IdentityResult.Success);
}
