using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Companies;

/// <summary>Reads dated rules: the one of the day, the OPCO's own before the general one, the kind's own before the general one.</summary>
public sealed class RuleBook(MonOpcoDbContext db)
{
    private List<Rule>? _rules;

    /// <summary>The rule in force on <paramref name="on"/>, or null when nobody published one.</summary>
    public async Task<Rule?> FindAsync(string code, DateOnly on, CancellationToken cancellationToken, string? opco = null, DossierKind? kind = null)
    {
        var kindCode = kind?.ToString().ToLowerInvariant();
        return (await AllAsync(cancellationToken))
            .Where(rule => rule.Code == code && rule.ValidFrom <= on && (rule.ValidTo is null || rule.ValidTo >= on)
                && (rule.Scope == "*" || rule.Scope == opco) && (rule.Kind == "*" || rule.Kind == kindCode))
            .OrderByDescending(rule => rule.Scope != "*").ThenByDescending(rule => rule.Kind != "*").ThenByDescending(rule => rule.ValidFrom)
            .FirstOrDefault();
    }

    /// <summary>Every value that was not withdrawn.</summary>
    public async Task<IReadOnlyList<Rule>> AllAsync(CancellationToken cancellationToken)
    {
        // A few hundred rows: read once per unit of work.
        _rules ??= await db.Rules.AsNoTracking().Where(rule => rule.WithdrawnAt == null).ToListAsync(cancellationToken);
        return _rules;
    }

    /// <summary>After a change of the table in the same unit of work.</summary>
    internal void Forget() => _rules = null;

    public async Task<decimal?> NumberAsync(string code, DateOnly on, CancellationToken cancellationToken, string? opco = null, DossierKind? kind = null) =>
        await FindAsync(code, on, cancellationToken, opco, kind) is { } rule ? decimal.Parse(rule.Value, CultureInfo.InvariantCulture) : null;

    /// <summary>For rules without which nothing can be decided.</summary>
    public async Task<decimal> RequireNumberAsync(string code, DateOnly on, CancellationToken cancellationToken, string? opco = null, DossierKind? kind = null) =>
        await NumberAsync(code, on, cancellationToken, opco, kind) ?? throw new InvalidOperationException($"Aucune règle « {code} » en vigueur le {Fr.Date(on)}.");

    public async Task<FilingWindow?> FilingWindowAsync(string opco, DateOnly start, CancellationToken cancellationToken)
    {
        if (await FindAsync(RuleCodes.FilingDelayDays, start, cancellationToken, opco) is not { } delay)
        {
            return null;
        }

        var strict = (await FindAsync(RuleCodes.FilingStrict, start, cancellationToken, opco))?.Value == "true";
        var last = start.AddDays(-int.Parse(delay.Value, CultureInfo.InvariantCulture));
        var yearly = (await FindAsync(RuleCodes.FilingYearlyCutOff, start, cancellationToken, opco))?.Value;
        var cutByYear = false;
        if (yearly is not null)
        {
            var parts = yearly.Split('-');
            var cutOff = new DateOnly(start.Year, int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
            if (cutOff < last)
            {
                (last, cutByYear) = (cutOff, true);
            }
        }

        var months = await NumberAsync(RuleCodes.FilingEarliestMonths, start, cancellationToken, opco);
        return new FilingWindow(months is null ? null : start.AddMonths(-(int)months), last, strict, cutByYear, delay.Source);
    }

    /// <summary>Whether the OPCO wants this document for an action that begins on <paramref name="start"/>; what nobody speaks of is not wanted.</summary>
    public async Task<bool> IsRequiredAsync(string documentType, DateOnly start, string? opco, DossierKind kind, CancellationToken cancellationToken) =>
        (await FindAsync(RuleCodes.RequiredDocument + documentType, start, cancellationToken, opco, kind))?.Value == "true";

    /// <summary>Working hours for a task of the inbox that begins on <paramref name="day"/>: its own, else those of all tasks.</summary>
    public async Task<int> TaskHoursAsync(string task, DateOnly day, CancellationToken cancellationToken, string? opco = null, DossierKind? kind = null) =>
        (int)(await NumberAsync(RuleCodes.TaskHours + ":" + task, day, cancellationToken, opco, kind) ?? await RequireNumberAsync(RuleCodes.TaskHours, day, cancellationToken, opco, kind));

    /// <summary>Circuit that the OPCO announces for an accord of that day; the accord itself may say otherwise.</summary>
    public async Task<PaymentCircuit?> CircuitAsync(string opco, DateOnly accordDate, CancellationToken cancellationToken) =>
        await FindAsync(RuleCodes.PaymentCircuit, accordDate, cancellationToken, opco) is { } rule ? Enum.Parse<PaymentCircuit>(rule.Value) : null;
}

/// <summary>When a request may be filed. <paramref name="Strict"/>: a late one is refused, otherwise only risky.</summary>
public sealed record FilingWindow(DateOnly? Earliest, DateOnly Last, bool Strict, bool CutByYear, string Source);
