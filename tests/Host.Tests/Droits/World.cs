using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Droits;

/// <summary>Somebody who sends requests. <paramref name="Role"/> null: no role, or nobody at all.</summary>
public sealed record Caller(string Name, string? Role, HttpClient Client, bool IsSignedIn, string Token)
{
    /// <summary>Scopes of an API key; null for people.</summary>
    public string[]? Scopes { get; init; }
}

/// <summary>Values for a route, and the roles that may see what they name.</summary>
public sealed record Target(string Name, IReadOnlyDictionary<string, string> Values, Func<string?, bool> IsVisibleTo);

/// <summary>
/// Two companies with the same things: « own » is the company, the person and the consultant of the portal's callers, « other » is nobody's of them. Both dossiers
/// hold a bilan's paper whose bytes carry <see cref="Canary"/>.
/// </summary>
public sealed class World
{
    public const string Canary = "CANARI-CONTENU-DE-BILAN-7f3a";

    private static readonly string[] OwnConfidants = [Roles.Beneficiaire, Roles.Consultant];

    private readonly Dictionary<string, List<Target>> _targets = [];

    public List<Caller> Callers { get; } = [];

    public Dossier Own { get; private set; } = null!;

    public Dossier Other { get; private set; } = null!;

    public IReadOnlyList<Target> Targets(string kind) => _targets.TryGetValue(kind, out var found) ? found : throw new InvalidOperationException($"endpoints.txt names an object '{kind}'; known: {string.Join(", ", _targets.Keys)}.");

    public static async Task<World> BuildAsync(ConsoleFixture host)
    {
        var world = new World();
        (world.Own, world.Other) = (await host.CreateDossierAsync(), await host.CreateDossierAsync());
        foreach (var role in Roles.All)
        {
            var email = role == Roles.Beneficiaire ? "salarie@soi.exemple.fr" : null;
            await world.AddCallerAsync(host, role, world.Own.CompanyId, email);
        }

        await world.AddCallerAsync(host, null, null, null);
        world.Callers.Add(new Caller("visiteur", null, host.Visitor().Client, false, ""));
        await world.AddKeyAsync(host);

        var consultant = await host.WithAsync((MonOpcoDbContext db) => db.Users.SingleAsync(x => x.Email == $"{Roles.Consultant}@appel.exemple.fr"));
        await host.SqlAsync($"update dossiers set consultant_user_id = '{consultant.Id}' where id = '{world.Own.Id}'");
        var own = await SideAsync(host, world.Own, "salarie@soi.exemple.fr");
        var other = await SideAsync(host, world.Other, "salarie@autre.exemple.fr");
        var rh = await host.WithAsync((MonOpcoDbContext db) => db.Users.SingleAsync(x => x.Email == $"{Roles.Entreprise}@appel.exemple.fr"));
        var signer = await SignerAsync(host, own, rh.Email!);
        var foreign = await SignerAsync(host, other, "rh@autre.exemple.fr");
        var (draft, foreignDraft) = (Guid.NewGuid(), Guid.NewGuid());
        var stranger = await host.CreateUserAsync(Roles.Entreprise, other.Dossier.CompanyId);
        foreach (var (id, user, company) in new[] { (draft, rh.Id, own.Dossier.CompanyId), (foreignDraft, stranger.Id, other.Dossier.CompanyId) })
        {
            await host.SqlAsync($"insert into request_drafts (id, user_id, company_id, kind, data, created_at, updated_at) values ('{id}', '{user}', '{company}', 'Bilan', '{{}}', now(), now())");
        }

        world.Fill(own, other, signer, foreign, draft, foreignDraft);
        return world;
    }

    private void Fill(Side own, Side other, Guid signer, Guid foreign, Guid draft, Guid foreignDraft)
    {
        var nobody = (string? _) => false;
        var staff = (string? role) => Roles.Staff.Contains(role) || role == Roles.CompteService;
        var company = (string? role) => Roles.Company.Contains(role);
        var confidants = (string? role) => OwnConfidants.Contains(role);
        var (a, b) = (own.Dossier.Numero, other.Dossier.Numero);

        // Anything that names nothing of a company: only the permission counts, the address may well lead nowhere.
        Add("libre", new Target("absent", Values(("code", "404")), _ => true));
        Add("dossier", new Target("own", Values(("numero", a)), x => staff(x) || company(x) || confidants(x)));
        Add("dossier", new Target("other", Values(("numero", b)), staff));
        Add("dossier", new Target("missing", Values(("numero", "1999-00001")), nobody));
        Add("document", new Target("own quote", Values(("numero", a), ("id", own.Quote)), x => staff(x) || company(x)));
        Add("document", new Target("other quote", Values(("numero", b), ("id", other.Quote)), staff));
        Add("document", new Target("own bilan", Values(("numero", a), ("id", own.Bilan)), confidants));
        Add("document", new Target("other bilan", Values(("numero", b), ("id", other.Bilan)), nobody));
        Add("document", new Target("missing", Values(("numero", a), ("id", Guid.NewGuid().ToString())), nobody));
        Add("task", new Target("task", Values(("id", own.Task)), staff));
        Add("task", new Target("missing", Values(("id", Guid.NewGuid().ToString())), nobody));
        Add("signature", new Target("own", Values(("id", signer.ToString())), x => x == Roles.Entreprise));
        Add("signature", new Target("other", Values(("id", foreign.ToString())), nobody));
        Add("draft", new Target("own", Values(("brouillon", draft.ToString())), x => x == Roles.Entreprise));
        Add("draft", new Target("other", Values(("brouillon", foreignDraft.ToString())), nobody));
        Add("beneficiary", new Target("own", Values(("numero", a)), x => x == Roles.Beneficiaire));
        Add("beneficiary", new Target("other", Values(("numero", b)), nobody));
    }

    private void Add(string kind, Target target)
    {
        if (!_targets.TryGetValue(kind, out var list))
        {
            _targets[kind] = list = [];
        }

        list.Add(target);
    }

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) => values.ToDictionary(x => x.Name, x => x.Value);

    private async Task AddCallerAsync(ConsoleFixture host, string? role, Guid? companyId, string? email)
    {
        var name = role ?? "sans rôle";
        var user = await host.CreateUserAsync(role, companyId);
        email ??= $"{role ?? "sans-role"}@appel.exemple.fr";
        await host.SqlAsync($"update users set email = '{email}', normalized_email = upper('{email}'), user_name = '{email}', normalized_user_name = upper('{email}'), display_name = '{name}' where id = '{user.Id}'");
        var browser = host.Visitor();
        await browser.SignInAsync(email, HostFixture.Password);
        var page = await browser.GetAsync("/mon-compte");
        Callers.Add(new Caller(name, role, browser.Client, true, page.HiddenFields["__RequestVerificationToken"]));
    }

    private async Task AddKeyAsync(ConsoleFixture host)
    {
        var user = await host.CreateUserAsync(Roles.SuperAdmin);
        string[] scopes = [Policies.DossiersView, "rules.*"];
        var (_, key) = await host.WithAsync((ApiKeyService keys) => keys.CreateAsync("essai", user.Id, scopes, TimeSpan.FromDays(1), ChangeContext.System("Essai", host.Clock.GetUtcNow()), CancellationToken.None));
        var client = host.Visitor().Client;
        client.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        Callers.Add(new Caller("clé d’API", Roles.SuperAdmin, client, true, "") { Scopes = scopes });
    }

    private static async Task<Side> SideAsync(ConsoleFixture host, Dossier dossier, string employee)
    {
        await host.SqlAsync($"update beneficiaires set email = '{employee}', email_key = '{employee}' where dossier_id = '{dossier.Id}'");
        var quote = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Devis);
        var bilan = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Synthese, Encoding.ASCII.GetBytes("%PDF-1.7\n" + Canary + "\n%%EOF\n"), employee);
        var task = await host.WithAsync((TaskService tasks) => tasks.CreateAsync(
            new NewTask("relire", "Relire le dossier", [new TaskOutcome("Ok", "Fait")]) { CandidateRole = Roles.Operateur, DossierId = dossier.Id }, host.Change(), CancellationToken.None));
        return new Side(dossier, quote.Id.ToString(), bilan.Id.ToString(), task.Id.ToString());
    }

    private static async Task<Guid> SignerAsync(ConsoleFixture host, Side side, string email)
    {
        var request = await host.WithAsync((SignatureService signatures) => signatures.CreateAsync(
            new NewSignatureRequest(side.Dossier.Id, DocumentTypes.Devis, Guid.Parse(side.Quote), "Devis", [new(SignerRole.Entreprise, 1, "Claire Martin", email, "")]), host.Change(), CancellationToken.None));
        return await host.WithAsync((MonOpcoDbContext db) => db.Signers.Where(x => x.RequestId == request.Id).Select(x => x.Id).SingleAsync());
    }

    private sealed record Side(Dossier Dossier, string Quote, string Bilan, string Task);
}
