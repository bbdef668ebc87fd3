using System.Security.Claims;
using MonOPCO.Domain.Calendars;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>How tasks are shown: words, icon and colour together.</summary>
public static class TaskLook
{
    /// <summary>What is left in working hours: red once it is late, amber in the last half day.</summary>
    public static StatusLook Due(DateTimeOffset due, DateTimeOffset now, BusinessCalendar calendar)
    {
        var time = due >= HumanTask.NoDeadline ? BusinessTime.None : BusinessTime.Of(due, now, calendar);
        return time.Pressure switch
        {
            Pressure.Late => new StatusLook(time.Words, "danger", "alert-triangle"),
            Pressure.Soon => new StatusLook(time.Words, "warning", "clock"),
            _ => new StatusLook(time.Words, "neutral", "calendar"),
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
}

/// <summary>For <c>_Buttons</c>: the outcomes of a form, and whether a draft can be kept.</summary>
public sealed record OutcomeButtons(IEnumerable<TaskOutcome> Outcomes, bool Draft);
