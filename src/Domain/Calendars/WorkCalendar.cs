using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Calendars;

/// <summary>Where and for whom the hours hold: a training body's own calendar, or <c>*</c> for everybody without one.</summary>
public sealed class WorkCalendar
{
    /// <summary>The calendar of everybody who has none of their own.</summary>
    public const string Common = "*";

    public required string Code { get; init; }

    public required string Name { get; set; }

    public Guid? TrainingBodyId { get; set; }

    /// <summary>Zones of <see cref="HolidayZones"/> whose holidays are kept here.</summary>
    public string[] Zones { get; set; } = [];
}

/// <summary>A row of <see cref="OpeningSpan"/>.</summary>
public sealed class OpeningHours
{
    public required string CalendarCode { get; init; }

    public required DayOfWeek Day { get; init; }

    public required TimeOnly Opens { get; init; }

    public required TimeOnly Closes { get; set; }

    public required DateOnly ValidFrom { get; init; }

    public DateOnly? ValidTo { get; set; }
}

/// <summary>Days on which the house is closed beyond public holidays (a bridge, the summer break).</summary>
public sealed class Closure
{
    public required string CalendarCode { get; init; }

    public required DateOnly From { get; init; }

    public required DateOnly To { get; set; }

    public required string Label { get; set; }
}

internal sealed class WorkCalendarMapping : IEntityTypeConfiguration<WorkCalendar>
{
    public void Configure(EntityTypeBuilder<WorkCalendar> builder)
    {
        builder.ToTable("work_calendars");
        builder.HasKey(x => x.Code);
        builder.HasIndex(x => x.TrainingBodyId).IsUnique();
        builder.HasOne<TrainingBody>().WithMany().HasForeignKey(x => x.TrainingBodyId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class OpeningHoursMapping : IEntityTypeConfiguration<OpeningHours>
{
    public void Configure(EntityTypeBuilder<OpeningHours> builder)
    {
        builder.ToTable("opening_hours");
        builder.HasKey(x => new { x.CalendarCode, x.Day, x.Opens, x.ValidFrom });
        builder.HasOne<WorkCalendar>().WithMany().HasForeignKey(x => x.CalendarCode).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ClosureMapping : IEntityTypeConfiguration<Closure>
{
    public void Configure(EntityTypeBuilder<Closure> builder)
    {
        builder.ToTable("closures");
        builder.HasKey(x => new { x.CalendarCode, x.From });
        builder.HasOne<WorkCalendar>().WithMany().HasForeignKey(x => x.CalendarCode).OnDelete(DeleteBehavior.Cascade);
    }
}
