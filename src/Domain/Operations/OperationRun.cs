using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Operations;

public enum OperationOutcome
{
    Running,
    Succeeded,
    Failed,
}

/// <summary>One execution of a system job, by the calendar, by a person or by the command line. A scheduled time runs once: the row is its claim.</summary>
public sealed class OperationRun
{
    public required Guid Id { get; init; }

    /// <summary>See <see cref="SystemJobs"/>.</summary>
    public required string Job { get; init; }

    /// <summary>The time of the calendar, or the moment it was asked for.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>Who asked: « calendrier », a person, « commande ».</summary>
    public required string Trigger { get; init; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public OperationOutcome Outcome { get; set; }

    /// <summary>What came of it, in a French sentence.</summary>
    public string Message { get; set; } = "";

    /// <summary>What to do about a failure.</summary>
    public string? Advice { get; set; }

    /// <summary>Figures by job: size, place, RTO, RPO.</summary>
    public JsonObject? Details { get; set; }

    /// <summary>Machine that ran it.</summary>
    public string Host { get; set; } = "";

    public int Attempt { get; set; } = 1;
}

/// <summary>When a system job runs; the row is what counts, Quartz is brought into line with it.</summary>
public sealed class SystemJob
{
    public required string Code { get; init; }

    /// <summary>Quartz's cron expression, in Paris time.</summary>
    public required string Cron { get; set; }

    public bool Enabled { get; set; } = true;
}

/// <summary>While a row is open no effect leaves: no mail, no filing, no print. A restore opens one; an operator releases it.</summary>
public sealed class EffectHold
{
    public required Guid Id { get; init; }

    public required DateTimeOffset HeldAt { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset? ReleasedAt { get; set; }

    public string? ReleasedBy { get; set; }
}

/// <summary>A Host that said « I am here and the database answers », and for how long without a gap.</summary>
public sealed class HostPresence
{
    public required Guid Id { get; init; }

    public required string Host { get; init; }

    public required string Roles { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>Last sign of life.</summary>
    public required DateTimeOffset Until { get; set; }

    /// <summary>It said goodbye: a stop on purpose.</summary>
    public bool Stopped { get; set; }
}

/// <summary>A notice to one administrator about something that needs a person. <see cref="Key"/> makes it be sent once.</summary>
public sealed class OperationAlert
{
    public required Guid Id { get; init; }

    public required string Key { get; init; }

    public required Guid UserId { get; init; }

    public required string Title { get; init; }

    public required string Text { get; init; }

    public required string Advice { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class OperationsMapping : IEntityTypeConfiguration<OperationRun>, IEntityTypeConfiguration<OperationAlert>, IEntityTypeConfiguration<SystemJob>, IEntityTypeConfiguration<EffectHold>, IEntityTypeConfiguration<HostPresence>
{
    public void Configure(EntityTypeBuilder<OperationRun> builder)
    {
        builder.ToTable("operation_runs");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.Job, x.ScheduledAt }).IsUnique();
        builder.HasIndex(x => new { x.Job, x.StartedAt });
    }

    public void Configure(EntityTypeBuilder<OperationAlert> builder)
    {
        builder.ToTable("operation_alerts");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.Key, x.UserId }).IsUnique();
        builder.HasIndex(x => x.CreatedAt);
    }

    public void Configure(EntityTypeBuilder<SystemJob> builder)
    {
        builder.ToTable("system_jobs");
        builder.HasKey(x => x.Code);
    }

    public void Configure(EntityTypeBuilder<EffectHold> builder)
    {
        builder.ToTable("effect_holds");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.HeldAt).HasFilter("released_at is null").HasDatabaseName("IX_effect_holds_open");
    }

    public void Configure(EntityTypeBuilder<HostPresence> builder)
    {
        builder.ToTable("host_presences");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.Until);
    }
}
