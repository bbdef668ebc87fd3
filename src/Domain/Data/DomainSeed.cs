using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Data;

/// <summary>
/// Reference data that the product cannot work without. May run again: what is absent is added, what an administrator changed is left alone (a changed figure
/// is a new dated rule, not an edited one).
/// </summary>
public static class DomainSeed
{
    public static async Task RunAsync(MonOpcoDbContext db, CancellationToken cancellationToken)
    {
        var document = JsonNode.Parse(DatabaseSetup.ReadReference("opcos.json"))!.AsObject();
        var opcos = document["opcos"]!.AsArray().Select(x => x!.AsObject()).ToList();
        await AddMissingAsync(db, opcos.Select(OpcoOf), x => x.Slug, cancellationToken);
        await AddMissingAsync(db, RuleSeed.All(document, opcos), x => (x.Code, x.Scope, x.Kind, x.ValidFrom), cancellationToken);
        await AddMissingAsync(db, ReferenceSeed.DocumentTypes, x => x.Code, cancellationToken);
        await AddMissingAsync(db, ReferenceSeed.RefusalReasons, x => x.Code, cancellationToken);
        await AddMissingAsync(db, ReferenceSeed.ComplementTypes, x => x.Code, cancellationToken);
        await AddMissingAsync(db, ReferenceSeed.TrainingBodies, x => x.Slug, cancellationToken);
        await AddMissingAsync(db, opcos.Select(x => new PortalSetting { Slug = Text(x, "slug"), Mode = FilingMode.Assisted }), x => x.Slug, cancellationToken);
        await AddMissingAsync(db, CalendarSeed.Holidays, x => (x.Code, x.ValidFrom), cancellationToken);
        if (!await db.Set<WorkCalendar>().AnyAsync(cancellationToken))
        {
            // Hours are one whole: an administrator who removed a morning does not want it back.
            db.Add(CalendarSeed.Common);
            db.AddRange(CalendarSeed.Hours);
        }

        await AddMissingAsync(db, EscalationSeed.Rules, x => (x.TaskCode, x.Step, x.ValidFrom), cancellationToken);
        await AddMissingAsync(db, Roles.All.Select(name => new IdentityRole<Guid>(name) { Id = Guid.CreateVersion7(), NormalizedName = name.ToUpperInvariant() }), x => x.Name, cancellationToken);
        await AddMissingAsync(db, SystemJobs.All.Where(x => x.Cron is not null).Select(x => new SystemJob { Code = x.Code, Cron = x.Cron! }), x => x.Code, cancellationToken);
        await AddMissingAsync(db, PrivacySeed.Records, x => x.Code, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static string Text(JsonObject node, string name) => node[name]!.GetValue<string>();

    private static Opco OpcoOf(JsonObject facts) => new()
    {
        Slug = Text(facts, "slug"),
        Name = Text(facts, "nom"),
        OfficialName = Text(facts, "nom_officiel"),
        Siren = Text(facts, "siren"),
        Website = Text(facts, "site"),
        PortalName = Text(facts["portail"]!.AsObject(), "nom"),
        PortalUrl = Text(facts["portail"]!.AsObject(), "url"),
        PortalAccess = Text(facts["portail"]!.AsObject(), "acces"),
        FilingRule = Text(facts["depot"]!.AsObject(), "regle"),
        PaymentRule = Text(facts["paiement"]!.AsObject(), "subrogation_regle"),
        ContactEmail = facts["contact"]?["email"]?.GetValue<string>(),
        ContactPhone = facts["contact"]?["telephone"]?.GetValue<string>(),
        SpecificDocuments = [.. facts["documents_specifiques"]!.AsArray().Select(x => x!.GetValue<string>())],
        Facts = facts.DeepClone().AsObject(),
    };

    private static async Task AddMissingAsync<T, TKey>(MonOpcoDbContext db, IEnumerable<T> wanted, Func<T, TKey> key, CancellationToken cancellationToken)
        where T : class
    {
        var known = (await db.Set<T>().AsNoTracking().ToListAsync(cancellationToken)).Select(key).ToHashSet();
        db.AddRange(wanted.Where(x => !known.Contains(key(x))));
    }
}
