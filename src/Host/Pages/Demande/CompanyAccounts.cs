using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>What was asked for on the public page, carried by the link that proves the address.</summary>
public sealed record RequestIntent(string Siret, DossierKind Kind, DateOnly? Start, string Name)
{
    public JsonObject Write() => new() { ["siret"] = Siret, ["kind"] = Kind.ToString(), ["start"] = Start?.ToString("O", System.Globalization.CultureInfo.InvariantCulture), ["name"] = Name };

    public static RequestIntent Read(JsonObject? payload) => new(
        payload?["siret"]?.GetValue<string>() ?? "",
        Enum.TryParse<DossierKind>(payload?["kind"]?.GetValue<string>(), out var kind) ? kind : DossierKind.Formation,
        Typed.Date(payload?["start"]?.GetValue<string>()),
        payload?["name"]?.GetValue<string>() ?? "");

    public string Query => $"siret={Siret}&type={Kind}&debut={Start:yyyy-MM-dd}";
}

/// <summary>An account, or the sentence that says why there is none.</summary>
public sealed record AccountResult(User? User, Company? Company, string Refusal);

/// <summary>From a proved address to an account that stands for a company.</summary>
public sealed class CompanyAccounts(
    UserManager<User> users, MonOpcoDbContext database, CompanyService companies, MagicLinkService links, MailQueue mails, IOptions<SignInSettings> settings, TimeProvider clock)
{
    // Everybody may have an address there: sharing the domain proves nothing.
    private static readonly HashSet<string> PublicDomains = new(StringComparer.OrdinalIgnoreCase)
    {
        "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr", "msn.com", "yahoo.com", "yahoo.fr", "icloud.com", "me.com", "orange.fr", "wanadoo.fr",
        "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr", "gmx.fr", "gmx.com", "proton.me", "protonmail.com",
    };

    /// <summary>Sends the link, unless this mailbox was flooded; says nothing either way.</summary>
    public async Task SendLinkAsync(string email, RequestIntent intent, CancellationToken cancellationToken)
    {
        if (await links.CreateOnceAsync(LinkPurpose.CheckEmail, email, settings.Value.LinkLifetime, settings.Value.LinksPerHour, Change(), cancellationToken, payload: intent.Write()) is not { } link)
        {
            return;
        }

        await mails.AddAsync(new QueuedMail("lien-demande", link.Email, new Dictionary<string, string> { ["fin"] = Fr.DateTime(link.ExpiresAt) }, new MailLink(link.Id, "/demande/confirmer?jeton=")), cancellationToken);
    }

    public Task<LinkResult> PeekAsync(string? token, CancellationToken cancellationToken) => links.PeekAsync(token ?? "", LinkPurpose.CheckEmail, clock.GetUtcNow(), cancellationToken);

    public Task<LinkResult> UseAsync(string? token, CancellationToken cancellationToken) => links.UseAsync(token ?? "", LinkPurpose.CheckEmail, Change(), cancellationToken);

    /// <summary>Finds or makes the account. The address must have been proved by the caller.</summary>
    public async Task<AccountResult> OpenAsync(string email, RequestIntent intent, CancellationToken cancellationToken)
    {
        if (!Siret.TryParse(intent.Siret, out var siret) || await companies.FindAsync(siret, cancellationToken) is not { } company)
        {
            return new AccountResult(null, null, "Cette demande ne se rattache à aucune entreprise connue : recommencez depuis la page d’accueil.");
        }

        var user = await users.FindByEmailAsync(email);
        if (user is not null)
        {
            if (!user.MayEnter)
            {
                return Refuse(user.IsInvited ? "Une invitation attend à cette adresse : ouvrez-la d’abord, puis faites la demande depuis votre espace." : "Cette adresse ne peut pas servir à une demande. Écrivez-nous, ou faites la demande avec une autre adresse professionnelle.");
            }

            if (!await users.IsInRoleAsync(user, Roles.Entreprise))
            {
                return Refuse("Cette adresse sert déjà à un compte qui n’est pas celui d’une entreprise. Faites la demande avec une autre adresse professionnelle.");
            }

            if (user.CompanyId == company.Id)
            {
                return new AccountResult(user, company, "");
            }

            if (user.CompanyId is not null)
            {
                return Refuse("Cette adresse sert déjà à l’espace d’une autre entreprise. Connectez-vous à cet espace, ou faites la demande avec une autre adresse.");
            }
        }

        if (!await MayJoinAsync(email, company.Id, cancellationToken))
        {
            return Refuse("Cette entreprise a déjà un espace, ouvert par une autre adresse. Par sécurité, nous ne l’ouvrons pas à une nouvelle personne sans vérification : demandez à votre collègue de faire la demande, ou écrivez-nous.");
        }

        return new AccountResult(await SaveAsync(user, email, intent.Name, company.Id), company, "");

        AccountResult Refuse(string sentence) => new(null, company, sentence);
    }

    /// <summary>
    /// An address proves who reads a mailbox, not for whom that person works. The first to come opens the company's space; later ones need an address that the company's
    /// dossiers already name, or the same mail domain as somebody who is in.
    /// </summary>
    private async Task<bool> MayJoinAsync(string email, Guid companyId, CancellationToken cancellationToken)
    {
        var known = await database.Users.Where(x => x.CompanyId == companyId).Select(x => x.Email!)
            .Union(database.Dossiers.Where(x => x.CompanyId == companyId).Select(x => x.ContactEmail)).ToListAsync(cancellationToken);
        var domain = DomainOf(email);
        return known.Count == 0 || known.Any(x => string.Equals(x, email, StringComparison.OrdinalIgnoreCase))
            || (!PublicDomains.Contains(domain) && known.Any(x => string.Equals(DomainOf(x), domain, StringComparison.OrdinalIgnoreCase)));
    }

    private async Task<User> SaveAsync(User? user, string email, string name, Guid companyId)
    {
        if (user is not null)
        {
            (user.CompanyId, user.EmailConfirmed) = (companyId, true);
            Succeed(await users.UpdateAsync(user));
            return user;
        }

        user = new User { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = email, Email = email, EmailConfirmed = true, DisplayName = name.Length > 0 ? name : email, CompanyId = companyId };
        Succeed(await users.CreateAsync(user));
        Succeed(await users.AddToRoleAsync(user, Roles.Entreprise));
        return user;
    }

    private static void Succeed(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new InvalidOperationException("The account could not be saved: " + string.Join(' ', result.Errors.Select(x => x.Code)));
        }
    }

    private static string DomainOf(string email) => email[(email.LastIndexOf('@') + 1)..];

    private ChangeContext Change() => ChangeContext.System("Vérification d’une adresse", clock.GetUtcNow());
}
