using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Privacy;

/// <summary>One entry of the register of processing (GDPR, article 30), as its owner words it.</summary>
public sealed class ProcessingRecord
{
    public required Guid Id { get; init; }

    /// <summary>Stable, for the seed; null for one that was added by hand.</summary>
    public string? Code { get; init; }

    public int Position { get; set; }

    public required string Name { get; set; }

    public required string Purpose { get; set; }

    public required string LegalBasis { get; set; }

    public required string People { get; set; }

    public required string Categories { get; set; }

    public required string Recipients { get; set; }

    public required string Retention { get; set; }

    public required string Security { get; set; }

    public string Transfers { get; set; } = "Aucun transfert hors de l’Union européenne.";

    public DateTimeOffset? UpdatedAt { get; set; }
}

/// <summary>A consent as it was given: which words, when, how; and when it was taken back. Never deleted by a withdrawal: it proves both.</summary>
public sealed class Consent
{
    public required Guid Id { get; init; }

    /// <summary>Lower-case address of whoever gave it.</summary>
    public required string PersonKey { get; set; }

    /// <summary>See <see cref="ConsentPurposes"/>.</summary>
    public required string Purpose { get; init; }

    public required string WordingVersion { get; init; }

    /// <summary>The words that were read.</summary>
    public required string Wording { get; init; }

    public Guid? DossierId { get; init; }

    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>« par la personne, dans son espace », « par écrit, recueilli par … ».</summary>
    public required string Method { get; init; }

    public DateTimeOffset? WithdrawnAt { get; set; }

    public string? WithdrawnBy { get; set; }
}

public enum PersonRequestKind
{
    Access,
    Rectification,
    Erasure,
    Portability,
    Opposition,
    Limitation,
}

public enum PersonRequestStatus
{
    Open,
    Done,
    Refused,
}

/// <summary>A person uses a right; the answer is due within the dated delay.</summary>
public sealed class PersonRequest
{
    public required Guid Id { get; init; }

    public required string PersonKey { get; set; }

    public required string Name { get; set; }

    public required PersonRequestKind Kind { get; init; }

    public string Text { get; set; } = "";

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateOnly DueOn { get; init; }

    public PersonRequestStatus Status { get; set; }

    public string Answer { get; set; } = "";

    public DateTimeOffset? AnsweredAt { get; set; }

    public string? AnsweredBy { get; set; }

    /// <summary>The task in the inbox.</summary>
    public Guid? TaskId { get; set; }
}

/// <summary>Proof of an erasure: what kinds of data went, what had to stay and why. Nothing of the person.</summary>
public sealed class Erasure
{
    public required Guid Id { get; init; }

    /// <summary>Number shown on the certificate, « EF-2026-0001 ».</summary>
    public required string Numero { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string By { get; init; }

    public Guid? RequestId { get; init; }

    /// <summary>Lines { quoi, nombre }.</summary>
    public required JsonObject Erased { get; init; }

    /// <summary>Lines { quoi, nombre, base, jusqua }.</summary>
    public required JsonObject Kept { get; init; }

    public Guid? CertificateId { get; set; }
}

/// <summary>In schema <c>keys</c>: a person who was erased, under a keyed hash, with the rows that went. Replayed by every restore.</summary>
internal sealed class ErasurePurge
{
    public required Guid Id { get; init; }

    /// <summary>Keyed hash of the address (hexadecimal): finds the person in an older backup, says nothing by itself.</summary>
    public required string Person { get; init; }

    public required Guid[] BeneficiaireIds { get; init; }

    public required Guid[] UserIds { get; init; }

    public required DateTimeOffset ErasedAt { get; init; }
}

/// <summary>What a consent is about; wordings are dated texts.</summary>
public static class ConsentPurposes
{
    /// <summary>Keep the synthesis of a bilan for follow-up, twelve months at most (R6313-7).</summary>
    public const string KeepSynthesis = "synthese-conservation";

    /// <summary>Be written to about new trainings.</summary>
    public const string News = "informations";

    public static IReadOnlyDictionary<string, (string Label, string Version, string Wording)> All { get; } = new Dictionary<string, (string, string, string)>
    {
        [KeepSynthesis] = ("Conservation du document de synthèse", "2026-1", "J’accepte, par écrit et pour les besoins d’un suivi, que le document de synthèse de mon bilan soit conservé douze mois au plus après sa fin (article R6313-7 du code du travail). Je peux revenir sur cet accord à tout moment : il est alors détruit."),
        [News] = ("Informations sur les formations", "2026-1", "J’accepte de recevoir par courriel des informations sur les formations et les financements. Je peux revenir sur cet accord à tout moment."),
    };

    public static string Label(string purpose) => All.TryGetValue(purpose, out var text) ? text.Label : purpose;
}

internal sealed class PrivacyMapping : IEntityTypeConfiguration<ProcessingRecord>, IEntityTypeConfiguration<Consent>, IEntityTypeConfiguration<PersonRequest>, IEntityTypeConfiguration<Erasure>, IEntityTypeConfiguration<ErasurePurge>
{
    public void Configure(EntityTypeBuilder<ProcessingRecord> builder)
    {
        builder.ToTable("processing_records");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.Code).IsUnique().HasFilter("code is not null");
    }

    public void Configure(EntityTypeBuilder<Consent> builder)
    {
        builder.ToTable("consents");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.PersonKey, x.Purpose });
    }

    public void Configure(EntityTypeBuilder<PersonRequest> builder)
    {
        builder.ToTable("person_requests");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.PersonKey);
        builder.HasIndex(x => new { x.Status, x.DueOn });
    }

    public void Configure(EntityTypeBuilder<Erasure> builder)
    {
        builder.ToTable("erasures");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.Numero).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ErasurePurge> builder)
    {
        builder.ToTable("erasure_purges", "keys");
        builder.Property(x => x.Id).ValueGeneratedNever();
    }
}
