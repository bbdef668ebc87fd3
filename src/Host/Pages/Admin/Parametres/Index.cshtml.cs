using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Settings;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Infrastructure.Security;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Integrations.Mail;
using MonOPCO.Integrations.OutboundHttp;

namespace MonOPCO.Host.Pages.Admin.Parametres;

/// <summary>A value of the configuration, with the name by which an operator sets it. Secrets say only whether they are set.</summary>
public sealed record ConfiguredValue(string Label, string Value, string Setting);

/// <summary>What the platform is set to. What is data is changed here; what is configuration is shown, with the name of its setting.</summary>
[Authorize(Policies.Administration)]
public sealed class IndexModel(
    PlatformSettings settings, MonOpcoDbContext database, IOptions<SiteSettings> site, IOptions<MailOptions> mail, IOptions<SignInSettings> signIn, IOptions<LimitSettings> limits,
    IOptions<OutboundHttpOptions> outbound, IConfiguration configuration, TimeProvider clock) : PageModel
{
    public IReadOnlyList<TrainingBody> Bodies { get; private set; } = [];

    public IReadOnlyList<DocumentType> Types { get; private set; } = [];

    public DateOnly Today { get; private set; }

    /// <summary>Code of the document type whose form was sent, with what was typed.</summary>
    public (string Code, string? Typed)? Sent { get; private set; }

    public IReadOnlyList<ConfiguredValue> Addresses =>
    [
        new("Adresse publique", site.Value.PublicUrl, "Site:PublicUrl"),
        new("Serveurs intermédiaires de confiance", configuration.GetSection("Site:Proxies").Get<string[]>() is { Length: > 0 } proxies ? string.Join(", ", proxies) : "cette machine seulement", "Site:Proxies"),
        new("Expéditeur des courriels", $"{mail.Value.FromName} <{mail.Value.From}>", "Mail:From, Mail:FromName"),
        new("Serveur d’envoi", mail.Value.Host is { Length: > 0 } host ? $"{host}, port {mail.Value.Port}{(mail.Value.UseStartTls ? ", chiffré (STARTTLS)" : ", sans chiffrement")}" : "non configuré : aucun courriel ne part", "Mail:Host, Mail:Port, Mail:UseStartTls"),
        new("Compte d’envoi", IsSet(mail.Value.UserName), "Mail:UserName"),
        new("Mot de passe d’envoi", IsSet(mail.Value.Password), "Mail:Password"),
    ];

    public IReadOnlyList<ConfiguredValue> Sessions =>
    [
        new("Durée d’une session sans activité", Long(signIn.Value.SessionLifetime), "SignIn:SessionLifetime"),
        new("Validité d’un lien de connexion", Long(signIn.Value.LinkLifetime), "SignIn:LinkLifetime"),
        new("Validité du jeton d’un programme", Long(signIn.Value.TokenLifetime), "SignIn:TokenLifetime"),
        new("Essais avant blocage d’un compte", Fr.Number(signIn.Value.AttemptsBeforeLockOut), "SignIn:AttemptsBeforeLockOut"),
        new("Durée du blocage", Long(signIn.Value.LockOut), "SignIn:LockOut"),
        new("Formulaires de connexion, par adresse et par minute", Fr.Number(signIn.Value.AttemptsPerMinute), "SignIn:AttemptsPerMinute"),
        new("Liens envoyés à une même boîte, par heure", Fr.Number(signIn.Value.LinksPerHour), "SignIn:LinksPerHour"),
        new("Recherches de SIRET publiques, par adresse et par minute", Fr.Number(configuration.GetValue("Front:LooksPerMinute", 30)), "Front:LooksPerMinute"),
        new("Envois de fichiers, par compte et par minute", Fr.Number(limits.Value.UploadsPerMinute), "Limits:UploadsPerMinute"),
        new("Serveurs internes que les procédures peuvent appeler", outbound.Value.PrivateHosts.Length > 0 ? string.Join(", ", outbound.Value.PrivateHosts) : "aucun", "OutboundHttp:PrivateHosts"),
        new("Seuls serveurs que les procédures peuvent appeler", outbound.Value.OnlyHosts.Length > 0 ? string.Join(", ", outbound.Value.OnlyHosts) : "tous ceux d’internet", "OutboundHttp:OnlyHosts"),
        new("Clé principale des documents", IsSet(configuration["MasterKey:File"] ?? configuration["MasterKey:Value"]), "MasterKey:File ou MasterKey:Value"),
    ];

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostTailleAsync(string type, string? mo, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Types.FirstOrDefault(x => x.Code == type && x.Uploadable) is not { } found)
        {
            return NotFound();
        }

        try
        {
            var megabytes = int.TryParse(mo, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (await settings.SetLargestFileAsync(type, megabytes, User.Change(clock.GetUtcNow()), cancellationToken))
            {
                this.Flash("success", $"{found.Label} : {megabytes} Mo au plus.");
            }

            return Redirect("/admin/parametres#documents");
        }
        catch (RuleBrokenException broken)
        {
            Sent = (type, mo);
            ModelState.AddModelError("mo-" + type, $"{found.Label} : {broken.Message}");
            return this.Invalid();
        }
    }

    /// <summary>« valable », « finit dans 40 jours », « expiré ».</summary>
    public string Certificate(TrainingBody body) => body switch
    {
        { QualiopiCategories.Length: 0 } => "sans certificat",
        { QualiopiTo: { } to } when to < Today => $"expiré depuis le {Fr.Date(to)}",
        { QualiopiTo: { } to } => $"jusqu’au {Fr.Date(to)}",
        _ => "sans date de fin",
    };

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Today = Fr.InParis(clock.GetUtcNow());
        Bodies = await database.TrainingBodies.AsNoTracking().OrderBy(x => x.Name).ToListAsync(cancellationToken);
        Types = await database.DocumentTypes.AsNoTracking().OrderBy(x => x.Label).ToListAsync(cancellationToken);
    }

    private static string IsSet(string? secret) => string.IsNullOrEmpty(secret) ? "non défini" : "défini (jamais affiché)";

    private static string Long(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => Fr.Plural((int)time.TotalDays, "jour"),
        { TotalHours: >= 1 } => Fr.Plural((int)time.TotalHours, "heure") + (time.Minutes > 0 ? $" {time.Minutes} min" : ""),
        { TotalMinutes: >= 1 } => Fr.Plural((int)time.TotalMinutes, "minute"),
        _ => Fr.Plural((int)time.TotalSeconds, "seconde"),
    };
}
