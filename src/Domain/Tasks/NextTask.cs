using MonOPCO.Domain.Calendars;

namespace MonOPCO.Domain.Tasks;

/// <summary>The task to treat next and why, in one line.</summary>
public sealed record NextChoice(InboxRow Task, string Why, int Points);

/// <summary>
/// Ranks what a person may do. Every point has a sentence, so that the choice can be read and contested: deadline in working hours, priority, last day to file, money at
/// stake, how long somebody has been waiting, what is already begun.
/// </summary>
public sealed class NextTask(Inbox inbox, CalendarBook calendars)
{
    // By deadline and by priority: whatever could win is among the first of one of the two orders.
    private const int Looked = 100;

    /// <param name="keys">Who.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="except">Not this one: it has just been done, or passed over.</param>
    public async Task<NextChoice?> FindAsync(InboxKeys keys, DateTimeOffset now, CancellationToken cancellationToken, Guid? except = null)
    {
        var rows = new Dictionary<Guid, InboxRow>();
        foreach (var (list, sort) in new[] { (InboxList.Mine, InboxSort.Due), (InboxList.Available, InboxSort.Due), (InboxList.Available, InboxSort.Priority) })
        {
            foreach (var row in (await inbox.PageAsync(list, keys, new InboxFilter { Sort = sort }, now, null, Looked, cancellationToken)).Rows.Where(x => x.Id != except))
            {
                rows[row.Id] = row;
            }
        }

        var set = await calendars.SetAsync(cancellationToken);
        return rows.Values.Select(x => Weigh(x, keys, now, set.For(x.TrainingBodyId))).OrderByDescending(x => x.Points).ThenBy(x => x.Task.DueAt).ThenBy(x => x.Task.Id).FirstOrDefault();
    }

    internal static NextChoice Weigh(InboxRow row, InboxKeys keys, DateTimeOffset now, BusinessCalendar calendar)
    {
        var reasons = new List<(int Points, string Words)>();
        if (row.HasDeadline)
        {
            var time = BusinessTime.Of(row.DueAt, now, calendar);
            var days = (int)Math.Min(5, Math.Abs(time.Left / calendar.Day));
            reasons.Add(time.Pressure switch
            {
                Pressure.Late => (100 + (10 * days), Lower(time.Words)),
                Pressure.Soon => (60, Lower(time.Words)),
                _ => (Math.Max(0, 40 - (10 * days)), Lower(time.Words)),
            });
        }

        reasons.Add(row.Priority switch
        {
            TaskPriority.Urgent => (80, "priorité urgente"),
            TaskPriority.High => (30, "priorité haute"),
            TaskPriority.Low => (-30, "priorité basse"),
            _ => (0, ""),
        });
        if (row is { FilingDeadline: { } last, Filed: false })
        {
            var left = last.DayNumber - Fr.InParis(now).DayNumber;
            reasons.Add(left <= 3 ? (70, $"dépôt avant le {Fr.Date(last)}") : left <= 7 ? (40, $"dépôt avant le {Fr.Date(last)}") : (0, ""));
        }

        if (row.Amount is { } amount)
        {
            reasons.Add(((int)Math.Min(30, amount / 500), $"{Fr.Euros(amount)} en jeu"));
        }

        var waiting = (int)(calendar.Between(row.CreatedAt, now) / calendar.Day);
        reasons.Add((Math.Min(20, 4 * waiting), $"attend depuis {waiting}\u00A0jour{(waiting < 2 ? "" : "s")} ouvré{(waiting < 2 ? "" : "s")}"));
        if (row.AssigneeId is { } holder)
        {
            reasons.Add(keys.UserId == holder ? (15, row.HasDraft ? "vous l’avez commencée" : "vous l’avez prise") : (10, $"confiée par {row.AssigneeName}, en son absence"));
        }

        var said = reasons.Where(x => x.Points > 0).OrderByDescending(x => x.Points).Take(3).Select(x => x.Words).ToList();
        var why = said.Count == 0 ? "la plus ancienne de votre liste" : string.Join(", ", said);
        return new NextChoice(row, char.ToUpperInvariant(why[0]) + why[1..], reasons.Sum(x => x.Points));
    }

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}
