using System.Security.Claims;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>How tasks are shown: words, icon and colour together.</summary>
public static class TaskLook
{
    /// <summary>Hours on the last day, days before; red once it is late.</summary>
    public static StatusLook Due(DateTimeOffset due, DateTimeOffset now)
    {
        if (due >= HumanTask.NoDeadline)
        {
            return new StatusLook("Sans échéance", "neutral", "calendar");
        }

        var gap = due - now;
        return gap switch
        {
            _ when gap < TimeSpan.Zero => new StatusLook("En retard de " + Span(-gap), "danger", "alert-triangle"),
            _ when gap < TimeSpan.FromHours(24) => new StatusLook("Dans " + Span(gap), "warning", "clock"),
            _ => new StatusLook("Dans " + Span(gap), "neutral", "calendar"),
        };
    }

    /// <summary>Null for the ordinary one: only what stands out is said.</summary>
    public static StatusLook? Priority(TaskPriority priority) => priority switch
    {
        TaskPriority.Urgent => new StatusLook("Urgent", "danger", "flag"),
        TaskPriority.High => new StatusLook("Priorité haute", "warning", "flag"),
        TaskPriority.Low => new StatusLook("Priorité basse", "neutral", "flag"),
        _ => null,
    };

    /// <summary>What finds this person's tasks; the super-administrator stands in for every role of the staff.</summary>
    public static InboxKeys Keys(ClaimsPrincipal person) => person.IsInRole(Roles.SuperAdmin)
        ? new InboxKeys(person.Id(), [.. Roles.Staff], null, person.Email())
        : person.InboxKeys();

    private static string Span(TimeSpan gap) =>
        gap < TimeSpan.FromHours(1) ? $"{Math.Max(1, (int)gap.TotalMinutes)}\u00A0min"
        : gap < TimeSpan.FromHours(24) ? $"{(int)gap.TotalHours}\u00A0h"
        : Fr.Plural((int)Math.Round(gap.TotalDays), "jour");
}

/// <summary>For <c>_Buttons</c>: the outcomes of a form, and whether a draft can be kept.</summary>
public sealed record OutcomeButtons(IEnumerable<TaskOutcome> Outcomes, bool Draft);
