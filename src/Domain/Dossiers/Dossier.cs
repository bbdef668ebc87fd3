using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Dossiers;

/// <summary>A request for an OPCO's money, from the first question to the payment. Changed only through <see cref="DossierService"/>.</summary>
public sealed class Dossier
{
    public required Guid Id { get; init; }

    public required int Year { get; init; }

    public required int Sequence { get; init; }

    /// <summary>« 2026-00001 »: shown and searched; sort by <see cref="Year"/> and <see cref="Sequence"/>.</summary>
    public required string Numero { get; init; }

    public required DossierKind Kind { get; init; }

    public DossierState State { get; internal set; }

    public DateTimeOffset StateSince { get; internal set; }

    public required Guid CompanyId { get; init; }

    public Company? Company { get; init; }

    public Guid? TrainingBodyId { get; set; }

    public TrainingBody? TrainingBody { get; init; }

    public string? OpcoSlug { get; internal set; }

    public OpcoOrigin OpcoOrigin { get; internal set; }

    public OpcoConfidence OpcoConfidence { get; internal set; }

    public required string Title { get; set; }

    public string Objectives { get; set; } = "";

    public string Content { get; set; } = "";

    /// <summary>Name of the trainer or consultant as written in the programme.</summary>
    public string TrainerName { get; set; } = "";

    /// <summary>Account of the consultant, who then sees the dossier.</summary>
    public Guid? ConsultantUserId { get; set; }

    public required DateOnly StartDate { get; set; }

    public required DateOnly EndDate { get; set; }

    public required decimal Hours { get; set; }

    public Modality Modality { get; set; }

    /// <summary>For distance or mixed sessions: assistance and evaluation, as the programme describes them.</summary>
    public string ModalityDetail { get; set; } = "";

    /// <summary>Place or link.</summary>
    public string Place { get; set; } = "";

    /// <summary>Total, excluding VAT.</summary>
    public required decimal CostHt { get; set; }

    /// <summary>Per hour (and per trainee when <see cref="RatePerTrainee"/>), excluding VAT; null = lump sum.</summary>
    public decimal? HourlyRateHt { get; set; }

    public bool RatePerTrainee { get; set; }

    public decimal RequestedAmount { get; set; }

    public decimal? GrantedAmount { get; internal set; }

    public decimal? GrantedHours { get; internal set; }

    public PaymentCircuit? Circuit { get; internal set; }

    /// <summary>What the company pays itself: cost minus granted.</summary>
    public decimal? Remainder { get; internal set; }

    public DateTimeOffset? RemainderAcceptedAt { get; internal set; }

    public string? AccordNumber { get; internal set; }

    public DateOnly? AccordDate { get; internal set; }

    public string? RefusalCode { get; internal set; }

    public string? RefusalComment { get; internal set; }

    public string? PortalReference { get; internal set; }

    public DateTimeOffset? FiledAt { get; internal set; }

    /// <summary>Last day to file, by the OPCO's rule at creation; recomputed when the start or the OPCO changes.</summary>
    public DateOnly? FilingDeadline { get; internal set; }

    public required string ContactName { get; set; }

    public required string ContactEmail { get; set; }

    public string ContactPhone { get; set; } = "";

    /// <summary>Instance of the procedure that carries this dossier.</summary>
    public Guid? WorkflowInstanceId { get; internal set; }

    /// <summary>Recognises a request typed twice.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Who at Netz answers for it; the first who takes one of its tasks, until somebody says otherwise.</summary>
    public Guid? ResponsableId { get; internal set; }

    public string? ResponsableName { get; internal set; }

    /// <summary>Made by the demonstration driver.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Made in bulk by <c>./monopco seed</c>; removed by it too.</summary>
    public bool IsGenerated { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Lower case, unaccented: number, title, company, beneficiaries, OPCO.</summary>
    public string Search { get; internal set; } = "";

    // What the list sorts by stands in the row itself: one index gives each order. Names follow their owners by triggers (after-3-liste.sql).

    public string CompanyName { get; internal set; } = "";

    public string? OpcoName { get; internal set; }

    /// <summary>First person, surname first.</summary>
    public string BeneficiaireName { get; internal set; } = "";

    public int BeneficiaireCount { get; internal set; }

    /// <summary>Year and sequence as one number; computed by the database.</summary>
    public long NumberKey { get; private set; }

    /// <summary>Place of the state among the states' labels in alphabetical order; computed by the database.</summary>
    public int StateRank { get; private set; }

    /// <summary>A <see cref="DossierDecision"/>; computed by the database.</summary>
    public DossierDecision Decision { get; private set; }

    public List<Beneficiaire> Beneficiaires { get; init; } = [];
}

internal sealed class DossierMapping : IEntityTypeConfiguration<Dossier>
{
    public void Configure(EntityTypeBuilder<Dossier> builder)
    {
        builder.ToTable("dossiers");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Title).UseCollation("fr-x-icu");
        builder.Property(x => x.ContactName).UseCollation("fr-x-icu");
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(x => new { x.Year, x.Sequence }).IsUnique();
        builder.HasIndex(x => x.Numero).IsUnique();
        builder.HasIndex(x => new { x.CompanyId, x.CreatedAt });
        builder.HasIndex(x => new { x.State, x.StateSince });
        builder.HasIndex(x => new { x.OpcoSlug, x.State });
        builder.HasIndex(x => x.ConsultantUserId);
        builder.HasIndex(x => x.Fingerprint);
        builder.HasIndex(x => x.WorkflowInstanceId);
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.ResponsableId).OnDelete(DeleteBehavior.SetNull);
        DossierListMapping.Configure(builder);
        builder.HasIndex(x => x.Search).HasMethod("gin").HasOperators("gin_trgm_ops");
        builder.HasOne(x => x.Company).WithMany().HasForeignKey(x => x.CompanyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(x => x.TrainingBody).WithMany().HasForeignKey(x => x.TrainingBodyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Opco>().WithMany().HasForeignKey(x => x.OpcoSlug).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<RefusalReason>().WithMany().HasForeignKey(x => x.RefusalCode).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>Last number given in a year.</summary>
internal sealed class DossierCounter
{
    public required int Year { get; init; }

    public required int Last { get; init; }
}

internal sealed class DossierCounterMapping : IEntityTypeConfiguration<DossierCounter>
{
    public void Configure(EntityTypeBuilder<DossierCounter> builder)
    {
        builder.ToTable("dossier_counters");
        builder.HasKey(x => x.Year);
        builder.Property(x => x.Year).ValueGeneratedNever();
    }
}
