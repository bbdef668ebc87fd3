using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Rules;

/// <summary>A value as it was typed; <see cref="To"/> null = until further notice.</summary>
public sealed record RuleValue(string Code, string Scope, string Kind, DateOnly From, DateOnly? To, string Typed, string Source, string? SourceUrl, RuleCertainty Certainty);

/// <summary>
/// The one door through which dated rules change. A value is added from a date on, and the one before it ends the day before; overlaps and gaps are refused. A
/// value is never rewritten: a correction withdraws it and puts another in its place. Everything is in the audit (subject <c>rule</c>) with its reason.
/// </summary>
public sealed class RuleEditor(MonOpcoDbContext db, RuleBook rules, DossierService dossiers)
{
    private const string Subject = "rule";

    public Task<Rule> AddAsync(RuleValue value, ChangeContext change, CancellationToken cancellationToken) => InTransactionAsync(value.Code, value.Scope, value.Kind, change, async () =>
    {
        var others = await LiveAsync(value.Code, value.Scope, value.Kind, cancellationToken);
        var rule = await MakeAsync(value, change, cancellationToken);
        var (previous, end) = Place(others, value, Definition(value.Code));
        if (previous is not null)
        {
            previous.ValidTo = end;
            db.Audit(previous, Subject, IdOf(previous), null, "Ended", change);
        }

        db.Add(rule);
        db.Audit(rule, Subject, IdOf(rule), null, "Added", change);
        await FollowAsync(rule.Code, rule.ValidFrom, change, cancellationToken);
        return rule;
    }, cancellationToken);

    /// <summary>The value was wrong, or began another day. It ends when the corrected one did.</summary>
    public async Task<Rule> CorrectAsync(long id, RuleValue value, ChangeContext change, CancellationToken cancellationToken)
    {
        var found = await db.Rules.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw Gone();
        return await InTransactionAsync(found.Code, found.Scope, found.Kind, change, async () =>
        {
            var old = await FindAsync(id, cancellationToken);
            value = value with { Code = old.Code, Scope = old.Scope, Kind = old.Kind, To = old.ValidTo };
            var rule = await MakeAsync(value, change, cancellationToken);
            if ((old.ValidFrom, old.Value, old.Source, old.SourceUrl, old.Certainty) == (rule.ValidFrom, rule.Value, rule.Source, rule.SourceUrl, rule.Certainty))
            {
                throw new RuleBrokenException("rule-same", "Rien ne change : la valeur, la date, la source et la certitude sont les mêmes.");
            }

            var others = (await LiveAsync(old.Code, old.Scope, old.Kind, cancellationToken)).Where(x => x.Id != id).ToList();
            var previous = others.LastOrDefault(x => x.ValidFrom < old.ValidFrom);
            Order(value);
            if (previous is null)
            {
                if (others.Any(x => x.ValidFrom == value.From))
                {
                    throw Overlap(others.First(x => x.ValidFrom == value.From));
                }
            }
            else if (value.From <= previous.ValidFrom)
            {
                throw Overlap(previous);
            }

            Withdraw(old, change);
            await db.SaveChangesAsync(cancellationToken);
            if (previous is not null && previous.ValidTo == old.ValidFrom.AddDays(-1) && value.From != old.ValidFrom)
            {
                previous.ValidTo = value.From.AddDays(-1);
                db.Audit(previous, Subject, IdOf(previous), null, "Ended", change);
            }

            db.Add(rule);
            db.Audit(rule, Subject, IdOf(rule), null, "Corrected", change);
            await FollowAsync(rule.Code, old.ValidFrom < rule.ValidFrom ? old.ValidFrom : rule.ValidFrom, change, cancellationToken);
            return rule;
        }, cancellationToken);
    }

    /// <summary>Takes back a value that has not begun; the one before it goes on.</summary>
    public async Task WithdrawAsync(long id, DateOnly today, ChangeContext change, CancellationToken cancellationToken)
    {
        var found = await db.Rules.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw Gone();
        await InTransactionAsync(found.Code, found.Scope, found.Kind, change, async () =>
        {
            var old = await FindAsync(id, cancellationToken);
            if (old.ValidFrom <= today)
            {
                throw new RuleBrokenException("rule-begun", $"Cette valeur s’applique depuis le {Fr.Date(old.ValidFrom)} : elle se corrige, elle ne se retire pas.");
            }

            var others = await LiveAsync(old.Code, old.Scope, old.Kind, cancellationToken);
            var previous = others.LastOrDefault(x => x.ValidTo == old.ValidFrom.AddDays(-1));
            if (previous is null && others.Any(x => x.ValidFrom > old.ValidFrom))
            {
                throw new RuleBrokenException("rule-gap", "Une autre valeur suit celle-ci : la retirer laisserait un trou. Corrigez-la.");
            }

            Withdraw(old, change);
            if (previous is not null)
            {
                previous.ValidTo = old.ValidTo;
                db.Audit(previous, Subject, IdOf(previous), null, "Prolonged", change);
            }

            await FollowAsync(old.Code, old.ValidFrom, change, cancellationToken);
            return old;
        }, cancellationToken);
    }

    /// <summary>Throws what <see cref="AddAsync"/> would throw, and writes nothing.</summary>
    public async Task CheckAsync(RuleValue value, CancellationToken cancellationToken)
    {
        Parse(value);
        Place(await LiveAsync(value.Code, value.Scope, value.Kind, cancellationToken), value, Definition(value.Code));
    }

    /// <summary>Which running dossiers a value would concern. The sum is honest: exact where a date of the dossier decides, an upper bound where a step does.</summary>
    public async Task<RuleImpact> PreviewAsync(RuleValue value, DateOnly today, CancellationToken cancellationToken)
    {
        var definition = Definition(value.Code);
        var stored = Parse(value);
        var running = await db.Dossiers.AsNoTracking().Where(x => RuleImpact.Running.Contains(x.State) && (value.Scope == "*" || x.OpcoSlug == value.Scope))
            .OrderBy(x => x.StartDate).ThenBy(x => x.Numero).Select(x => new RunningDossier(x.Id, x.Numero, x.State, x.Kind, x.OpcoSlug, x.StartDate, x.FiledAt != null, x.FilingDeadline)).ToListAsync(cancellationToken);
        var affected = new List<RunningDossier>();
        foreach (var dossier in running.Where(x => value.Kind == "*" || x.Kind.ToString().Equals(value.Kind, StringComparison.OrdinalIgnoreCase)))
        {
            var byDate = definition.Before.Count == 0 && definition.UsedAt == RuleDate.ActionStart;
            var on = byDate ? dossier.StartDate : value.From;
            var now = await rules.FindAsync(value.Code, on, cancellationToken, dossier.OpcoSlug, dossier.Kind);
            var hidden = now is not null && ((now.Scope != "*" && value.Scope == "*") || (now.Scope == value.Scope && now.Kind != "*" && value.Kind == "*"));
            var reached = byDate ? dossier.StartDate >= value.From && (value.To is null || dossier.StartDate <= value.To) : definition.Before.Count == 0 || definition.Before.Contains(dossier.State);
            if (reached && !hidden && now?.Value != stored && !(dossier.IsFiled && value.Code.StartsWith("depot.", StringComparison.Ordinal)))
            {
                affected.Add(dossier);
            }
        }

        var late = value.Code == RuleCodes.FilingDelayDays ? affected.Count(x => x.StartDate.AddDays(-int.Parse(stored, System.Globalization.CultureInfo.InvariantCulture)) < today) : (int?)null;
        return new RuleImpact(affected, definition.UsedAt == RuleDate.ActionStart, late, definition.DateText);
    }

    /// <summary>Newest first: what holds, what held, what is to come and what was withdrawn.</summary>
    public Task<List<Rule>> HistoryAsync(string code, string scope, string kind, CancellationToken cancellationToken) => db.Rules.AsNoTracking()
        .Where(x => x.Code == code && x.Scope == scope && x.Kind == kind).OrderByDescending(x => x.ValidFrom).ThenByDescending(x => x.Id).ToListAsync(cancellationToken);

    public Task<List<AuditEntry>> ChangesAsync(string code, string scope, string kind, CancellationToken cancellationToken)
    {
        var id = $"{code}|{scope}|{kind}";
        return db.AuditEntries.AsNoTracking().Where(x => x.Subject == Subject && x.SubjectId == id).OrderByDescending(x => x.Id).Take(200).ToListAsync(cancellationToken);
    }

    private static string IdOf(Rule rule) => $"{rule.Code}|{rule.Scope}|{rule.Kind}";

    private static RuleDefinition Definition(string code) => RuleCatalogue.Find(code) ?? throw new RuleBrokenException("rule-unknown", "Cette règle n’existe pas.");

    private static string Parse(RuleValue value)
    {
        var definition = Definition(value.Code);
        return definition.Parse(value.Typed) ?? throw new RuleBrokenException("rule-value", definition.Kind switch
        {
            RuleValueKind.Amount => "Écrivez un montant, par exemple 1 500,00.",
            RuleValueKind.DayOfYear => "Écrivez un jour et un mois, par exemple 15/12.",
            RuleValueKind.WholeNumber => "Écrivez un nombre entier.",
            _ => "Choisissez une valeur de la liste.",
        });
    }

    private static void Order(RuleValue value)
    {
        if (value.To < value.From)
        {
            throw new RuleBrokenException("rule-dates", $"La fin ({Fr.Date(value.To.Value)}) est avant le début ({Fr.Date(value.From)}).");
        }
    }

    /// <summary>Where the value goes: the one that it ends, and on which day.</summary>
    private static (Rule? Previous, DateOnly End) Place(IReadOnlyList<Rule> others, RuleValue value, RuleDefinition definition)
    {
        Order(value);
        if (others.FirstOrDefault(x => x.ValidFrom == value.From) is { } same)
        {
            throw new RuleBrokenException("rule-same-day", $"Une valeur ({definition.Show(same.Value)}) commence déjà le {Fr.Date(value.From)} : corrigez-la.");
        }

        var previous = others.LastOrDefault(x => x.ValidFrom < value.From);
        var next = others.FirstOrDefault(x => x.ValidFrom > value.From);
        if (previous?.ValidTo is { } ended)
        {
            if (ended >= value.From)
            {
                throw Overlap(previous);
            }

            if (ended.AddDays(1) < value.From)
            {
                throw new RuleBrokenException("rule-gap", $"Aucune valeur ne s’appliquerait du {Fr.Date(ended.AddDays(1))} au {Fr.Date(value.From.AddDays(-1))} : commencez le {Fr.Date(ended.AddDays(1))}.");
            }
        }

        if (next is not null)
        {
            var last = next.ValidFrom.AddDays(-1);
            if (value.To is null || value.To > last)
            {
                throw new RuleBrokenException("rule-overlap", $"Une valeur ({definition.Show(next.Value)}) commence le {Fr.Date(next.ValidFrom)} : indiquez la fin au {Fr.Date(last)}.");
            }

            if (value.To < last)
            {
                throw new RuleBrokenException("rule-gap", $"Aucune valeur ne s’appliquerait du {Fr.Date(value.To.Value.AddDays(1))} au {Fr.Date(last)} : indiquez la fin au {Fr.Date(last)}.");
            }
        }
        else if (value.To is not null && definition.IsRequired)
        {
            throw new RuleBrokenException("rule-gap", $"Aucune valeur ne s’appliquerait après le {Fr.Date(value.To.Value)}, et cette règle est indispensable : ne mettez pas de fin.");
        }

        return previous is { ValidTo: null } ? (previous, value.From.AddDays(-1)) : (null, default);
    }

    private static RuleBrokenException Overlap(Rule other) => new(
        "rule-overlap", $"La valeur {RuleCatalogue.Find(other.Code)?.Show(other.Value) ?? other.Value} vaut du {Fr.Date(other.ValidFrom)} {(other.ValidTo is { } end ? $"au {Fr.Date(end)}" : "jusqu’à nouvel ordre")} : les deux se chevaucheraient.");

    private static RuleBrokenException Gone() => new("rule-gone", "Cette valeur n’existe plus : quelqu’un l’a corrigée entre-temps.");

    private async Task<Rule> MakeAsync(RuleValue value, ChangeContext change, CancellationToken cancellationToken)
    {
        RequireReason(change);
        if (string.IsNullOrWhiteSpace(value.Source))
        {
            throw new RuleBrokenException("rule-source", "Indiquez la source : texte, page de l’OPCO, décision interne.");
        }

        if (value.SourceUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
        {
            throw new RuleBrokenException("rule-url", "Le lien commence par https://.");
        }

        if (value.Kind is not ("*" or "bilan" or "formation") || (value.Scope != "*" && !await db.Opcos.AnyAsync(x => x.Slug == value.Scope, cancellationToken)))
        {
            throw new RuleBrokenException("rule-scope", "Choisissez un OPCO et une action de la liste.");
        }

        return new Rule
        {
            Code = value.Code,
            Scope = value.Scope,
            Kind = value.Kind,
            ValidFrom = value.From,
            ValidTo = value.To,
            Value = Parse(value),
            Unit = Definition(value.Code).Unit,
            Source = value.Source.Trim(),
            SourceUrl = value.SourceUrl,
            Certainty = value.Certainty,
            ChangedBy = change.ActorName,
            ChangedAt = change.Now,
            Reason = change.Reason!.Trim(),
        };
    }

    private static void RequireReason(ChangeContext change)
    {
        if (string.IsNullOrWhiteSpace(change.Reason))
        {
            throw new RuleBrokenException("rule-reason", "Dites pourquoi : le motif reste dans l’historique.");
        }
    }

    private void Withdraw(Rule rule, ChangeContext change)
    {
        RequireReason(change);
        (rule.WithdrawnAt, rule.WithdrawnBy, rule.WithdrawnReason) = (change.Now, change.ActorName, change.Reason?.Trim());
        db.Audit(rule, Subject, IdOf(rule), null, "Withdrawn", change);
    }

    /// <summary>The last filing day stands in the dossiers: those that are not filed follow the rule.</summary>
    private async Task FollowAsync(string code, DateOnly from, ChangeContext change, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        rules.Forget();
        if (code is RuleCodes.FilingDelayDays or RuleCodes.FilingYearlyCutOff)
        {
            foreach (var id in await db.Dossiers.Where(x => RuleImpact.Running.Contains(x.State) && x.FiledAt == null && x.StartDate >= from).OrderBy(x => x.Id).Select(x => x.Id).ToListAsync(cancellationToken))
            {
                await dossiers.RefreshDeadlineAsync(id, change, cancellationToken);
            }
        }
    }

    private async Task<Rule> FindAsync(long id, CancellationToken cancellationToken) =>
        await db.Rules.SingleOrDefaultAsync(x => x.Id == id && x.WithdrawnAt == null, cancellationToken) ?? throw Gone();

    private Task<List<Rule>> LiveAsync(string code, string scope, string kind, CancellationToken cancellationToken) =>
        db.Rules.Where(x => x.Code == code && x.Scope == scope && x.Kind == kind && x.WithdrawnAt == null).OrderBy(x => x.ValidFrom).ToListAsync(cancellationToken);

    private Task<Rule> InTransactionAsync(string code, string scope, string kind, ChangeContext change, Func<Task<Rule>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return db.InTransactionAsync(async () =>
        {
            // Two people on the same rule: the second one meets what the first one wrote.
            await db.LockAsync($"rule:{code}|{scope}|{kind}", cancellationToken);
            return await work();
        }, cancellationToken);
    }
}
