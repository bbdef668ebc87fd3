using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Demo;

/// <summary>A person whom the newcomer can play.</summary>
public sealed record DemoPerson(string Key, string Label, string Email, string Name, string Role);

/// <summary>The demonstration's accounts; made at start, only where the demonstration is enabled.</summary>
public sealed class DemoAccounts(UserManager<User> users, IOptions<DemoSettings> settings)
{
    public static IReadOnlyList<DemoPerson> People { get; } =
    [
        new("rh", "RH", "rh@demo.monopco.test", "Camille Roux", Roles.Entreprise),
        new("operateur", "Opérateur", "operateur@demo.monopco.test", "Nadia Keller", Roles.Operateur),
        new("salarie", "Salarié", "salarie@demo.monopco.test", "Léo Martin", Roles.Beneficiaire),
        new("consultant", "Consultant", "consultant@demo.monopco.test", "Hélène Weiss", Roles.Consultant),
        new("procedures", "Responsable des procédures", "procedures@demo.monopco.test", "Marc Schmitt", Roles.ResponsableProcedures),
        new("administrateur", "Administrateur", "administrateur@demo.monopco.test", "Sophie Lang", Roles.SuperAdmin),
    ];

    public async Task EnsureAsync()
    {
        foreach (var person in People)
        {
            if (await users.FindByEmailAsync(person.Email) is not { } user)
            {
                await CreateAsync(person);
            }
            else if (user.IsDemo && settings.Value.Password is { Length: > 0 } password && !await users.CheckPasswordAsync(user, password))
            {
                await ChangeAsync(user, password);
            }
        }
    }

    // The setting decides, also for accounts made before it was chosen.
    private async Task ChangeAsync(User user, string password)
    {
        await users.RemovePasswordAsync(user);
        if (await users.AddPasswordAsync(user, password) is { Succeeded: false } refused)
        {
            throw new InvalidOperationException($"Demonstration account '{user.Email}': {string.Join(" ", refused.Errors.Select(x => x.Description))}");
        }
    }

    private async Task CreateAsync(DemoPerson person)
    {
        var user = new User { Id = Guid.CreateVersion7(), UserName = person.Email, Email = person.Email, EmailConfirmed = true, DisplayName = person.Name, IsDemo = true };
        var made = settings.Value.Password is { Length: > 0 } password ? await users.CreateAsync(user, password) : await users.CreateAsync(user);
        if (made.Succeeded)
        {
            await users.AddToRoleAsync(user, person.Role);
        }
        else if (made.Errors.All(x => x.Code is not (nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))))
        {
            // Another Host starting at the same moment may have made it; anything else is a wrong setting (Demo:Password too short).
            throw new InvalidOperationException($"Demonstration account '{person.Key}': {string.Join(" ", made.Errors.Select(x => x.Description))}");
        }
    }
}
