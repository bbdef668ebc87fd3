using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Tasks;

/// <summary>What happens so many working hours after a deadline has passed: data, dated like every rule. A task's own steps replace those of <c>*</c>.</summary>
public sealed class EscalationRule
{
    /// <summary>Code of the task, or <c>*</c>.</summary>
    public required string TaskCode { get; init; }

    /// <summary>1, 2, …</summary>
    public required int Step { get; init; }

    public required DateOnly ValidFrom { get; init; }

    public DateOnly? ValidTo { get; set; }

    /// <summary>Working hours after the deadline; steps follow each other in time.</summary>
    public required int AfterHours { get; set; }

    /// <summary>At least this priority from then on; null = unchanged.</summary>
    public TaskPriority? RaiseTo { get; set; }

    public bool NotifyAssignee { get; set; }

    /// <summary>Everybody of this role is told; null = nobody.</summary>
    public string? NotifyRole { get; set; }

    /// <summary>Whoever has it loses it: it goes back to the candidates.</summary>
    public bool Release { get; set; }
}

internal sealed class EscalationRuleMapping : IEntityTypeConfiguration<EscalationRule>
{
    public void Configure(EntityTypeBuilder<EscalationRule> builder)
    {
        builder.ToTable("escalation_rules");
        builder.HasKey(x => new { x.TaskCode, x.Step, x.ValidFrom });
    }
}

internal static class EscalationSeed
{
    internal static IEnumerable<EscalationRule> Rules =>
    [
        new() { TaskCode = "*", Step = 1, ValidFrom = new DateOnly(2020, 1, 1), AfterHours = 0, RaiseTo = TaskPriority.High, NotifyAssignee = true },
        new() { TaskCode = "*", Step = 2, ValidFrom = new DateOnly(2020, 1, 1), AfterHours = 7, RaiseTo = TaskPriority.Urgent, NotifyAssignee = true, NotifyRole = Users.Roles.Admin },
    ];
}
