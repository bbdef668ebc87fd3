namespace MonOPCO.Domain.Dossiers;

public sealed record NewBeneficiaire(string LastName, string FirstName, DateOnly BirthDate, string Email, string Job, Csp Category, ContractKind Contract)
{
    public string Phone { get; init; } = "";

    public DateOnly? HiredOn { get; init; }
}

public sealed record CreateDossier
{
    /// <summary>Chosen by the caller when something else must know it before; otherwise made here.</summary>
    public Guid? Id { get; init; }

    public required DossierKind Kind { get; init; }

    public required Guid CompanyId { get; init; }

    public Guid? TrainingBodyId { get; init; }

    public required string Title { get; init; }

    public string Objectives { get; init; } = "";

    public string Content { get; init; } = "";

    public string TrainerName { get; init; } = "";

    public Guid? ConsultantUserId { get; init; }

    public required DateOnly StartDate { get; init; }

    public required DateOnly EndDate { get; init; }

    public required decimal Hours { get; init; }

    public Modality Modality { get; init; }

    public string ModalityDetail { get; init; } = "";

    public string Place { get; init; } = "";

    public required decimal CostHt { get; init; }

    public decimal? HourlyRateHt { get; init; }

    public bool RatePerTrainee { get; init; }

    /// <summary>Null = the whole cost.</summary>
    public decimal? RequestedAmount { get; init; }

    public required string ContactName { get; init; }

    public required string ContactEmail { get; init; }

    public string ContactPhone { get; init; } = "";

    public required IReadOnlyList<NewBeneficiaire> Beneficiaires { get; init; }

    public bool IsDemo { get; init; }
}

/// <summary><paramref name="AlreadyExisted"/>: the same request had been typed before; nothing was changed.</summary>
public sealed record CreatedDossier(Dossier Dossier, bool AlreadyExisted);

/// <summary>What may be corrected; null = unchanged.</summary>
public sealed record EditDossier
{
    public Guid? TrainingBodyId { get; init; }

    public string? Title { get; init; }

    public string? Objectives { get; init; }

    public string? Content { get; init; }

    public string? TrainerName { get; init; }

    public Guid? ConsultantUserId { get; init; }

    public DateOnly? StartDate { get; init; }

    public DateOnly? EndDate { get; init; }

    public decimal? Hours { get; init; }

    public Modality? Modality { get; init; }

    public string? ModalityDetail { get; init; }

    public string? Place { get; init; }

    public decimal? CostHt { get; init; }

    public decimal? HourlyRateHt { get; init; }

    public decimal? RequestedAmount { get; init; }

    public string? ContactName { get; init; }

    public string? ContactPhone { get; init; }
}

/// <summary><paramref name="Reference"/>: The number that the OPCO's portal gave.</summary>
public sealed record RecordDeposit(string Reference, DateTimeOffset FiledAt, Guid? ReceiptDocumentId = null);

/// <summary>The OPCO's answer. An accord below the requested amount is partial.</summary>
public sealed record RecordAccord(decimal GrantedAmount, string AccordNumber, DateOnly AccordDate, PaymentCircuit? Circuit = null, decimal? GrantedHours = null, Guid? DocumentId = null);

/// <summary><paramref name="ReasonCode"/>: A <see cref="RefusalReason"/>.</summary>
public sealed record RecordRefusal(string ReasonCode, string Comment = "", Guid? DocumentId = null);
