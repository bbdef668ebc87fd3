using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>Every change of a dossier. Each method locks the row, returns early when nothing changes, and writes the change, one audit row and one line of the timeline together.</summary>
public sealed class DossierService(MonOpcoDbContext db, RuleBook rules)
{
    private static readonly DossierState[] Ended = [DossierState.Annule, DossierState.Abandonne, DossierState.Caduc, DossierState.RefusTacite, DossierState.Refuse];

    /// <summary>A request typed twice (company, kind, title, start, people) is recognised while the first one lives: the existing dossier comes back.</summary>
    public Task<CreatedDossier> CreateAsync(CreateDossier command, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (command.Beneficiaires.Count == 0)
            {
                throw new RuleBrokenException("beneficiaire-missing", "Indiquez au moins une personne à former.");
            }

            var fingerprint = FingerprintOf(command);
            await db.LockAsync($"dossier:{fingerprint}", cancellationToken);
            var existing = await db.Dossiers.Include(x => x.Beneficiaires).Include(x => x.Company).OrderByDescending(x => x.CreatedAt)
                .FirstOrDefaultAsync(x => x.Fingerprint == fingerprint && !Ended.Contains(x.State), cancellationToken);
            if (existing is not null)
            {
                return new CreatedDossier(existing, AlreadyExisted: true);
            }

            var company = await db.Companies.SingleAsync(x => x.Id == command.CompanyId, cancellationToken);
            var deadline = await DeadlineAsync(company.OpcoSlug, command.StartDate, cancellationToken);
            var opcoName = await OpcoNameAsync(company.OpcoSlug, cancellationToken);
            var (year, sequence) = await DossierNumber.NextAsync(db, change.Now, cancellationToken);
            var id = command.Id ?? Guid.CreateVersion7(change.Now);
            var dossier = new Dossier
            {
                Id = id,
                Year = year,
                Sequence = sequence,
                Numero = DossierNumber.Format(year, sequence),
                Kind = command.Kind,
                State = DossierState.Brouillon,
                StateSince = change.Now,
                CompanyId = company.Id,
                TrainingBodyId = command.TrainingBodyId,
                OpcoSlug = company.OpcoSlug,
                OpcoOrigin = company.OpcoOrigin,
                OpcoConfidence = company.OpcoConfidence,
                Title = command.Title.Trim(),
                Objectives = command.Objectives.Trim(),
                Content = command.Content.Trim(),
                TrainerName = command.TrainerName.Trim(),
                ConsultantUserId = command.ConsultantUserId,
                StartDate = command.StartDate,
                EndDate = command.EndDate,
                Hours = command.Hours,
                Modality = command.Modality,
                ModalityDetail = command.ModalityDetail.Trim(),
                Place = command.Place.Trim(),
                CostHt = command.CostHt,
                HourlyRateHt = command.HourlyRateHt,
                RatePerTrainee = command.RatePerTrainee,
                RequestedAmount = command.RequestedAmount ?? command.CostHt,
                FilingDeadline = deadline,
                ContactName = command.ContactName.Trim(),
                ContactEmail = command.ContactEmail.Trim(),
                ContactPhone = command.ContactPhone.Trim(),
                Fingerprint = fingerprint,
                IsDemo = command.IsDemo,
                CreatedAt = change.Now,
                UpdatedAt = change.Now,
                Beneficiaires = [.. command.Beneficiaires.Select((person, position) => NewBeneficiaire(id, company.Id, person, position, change.Now))],
            };
            (dossier.BeneficiaireName, dossier.BeneficiaireCount) = (dossier.Beneficiaires[0].SurnameFirst, dossier.Beneficiaires.Count);
            Refresh(dossier, company, opcoName);
            db.Dossiers.Add(dossier);
            db.Audit(dossier, "dossier", dossier.Id, dossier.Id, "Created", change);
            AddEvent(dossier, DossierEventKinds.Created, $"Dossier {dossier.Numero} créé : {dossier.Title}.", change);
            await db.SaveChangesAsync(cancellationToken);
            return new CreatedDossier(dossier, AlreadyExisted: false);
        },
        cancellationToken);

    /// <summary>False when the dossier was already there. Throws when the change is not allowed.</summary>
    public Task<bool> ChangeStateAsync(Guid id, DossierState to, ChangeContext change, CancellationToken cancellationToken, string? text = null) => ChangeAsync(
        id, "StateChanged", change, cancellationToken, dossier => Go(dossier, to, change) ? (DossierEventKinds.StateChanged, text ?? $"Le dossier passe à l’état « {DossierStates.Label(to)} ».", null) : null);

    public Task<bool> EditAsync(Guid id, EditDossier edit, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Edited",
        change,
        cancellationToken,
        async dossier =>
        {
            dossier.TrainingBodyId = edit.TrainingBodyId ?? dossier.TrainingBodyId;
            dossier.Title = edit.Title?.Trim() ?? dossier.Title;
            dossier.Objectives = edit.Objectives?.Trim() ?? dossier.Objectives;
            dossier.Content = edit.Content?.Trim() ?? dossier.Content;
            dossier.TrainerName = edit.TrainerName?.Trim() ?? dossier.TrainerName;
            dossier.ConsultantUserId = edit.ConsultantUserId ?? dossier.ConsultantUserId;
            dossier.StartDate = edit.StartDate ?? dossier.StartDate;
            dossier.EndDate = edit.EndDate ?? dossier.EndDate;
            dossier.Hours = edit.Hours ?? dossier.Hours;
            dossier.Modality = edit.Modality ?? dossier.Modality;
            dossier.ModalityDetail = edit.ModalityDetail?.Trim() ?? dossier.ModalityDetail;
            dossier.Place = edit.Place?.Trim() ?? dossier.Place;
            dossier.CostHt = edit.CostHt ?? dossier.CostHt;
            dossier.HourlyRateHt = edit.HourlyRateHt ?? dossier.HourlyRateHt;
            dossier.RequestedAmount = edit.RequestedAmount ?? dossier.RequestedAmount;
            dossier.ContactName = edit.ContactName?.Trim() ?? dossier.ContactName;
            dossier.ContactPhone = edit.ContactPhone?.Trim() ?? dossier.ContactPhone;
            dossier.FilingDeadline = await DeadlineAsync(dossier.OpcoSlug, dossier.StartDate, cancellationToken);
            return (DossierEventKinds.Edited, "Les informations du dossier sont modifiées.", null);
        });

    /// <summary>A person's birth date or address is corrected; null = unchanged. Signers that were invited already keep the address they were invited at.</summary>
    public Task<bool> EditBeneficiaireAsync(Guid id, Guid beneficiaireId, DateOnly? birthDate, string? email, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var dossier = await LoadLockedAsync(id, cancellationToken);
            var person = dossier.Beneficiaires.SingleOrDefault(x => x.Id == beneficiaireId) ?? throw new RuleBrokenException("beneficiaire-missing", "Cette personne n’est pas dans ce dossier.");
            if (birthDate is { } born && (born >= Fr.InParis(change.Now).AddYears(-14) || born.Year < 1920))
            {
                throw new RuleBrokenException("beneficiaire-birth-date", "Cette date de naissance n’est pas possible : vérifiez l’année.");
            }

            if (email is not null && !System.Net.Mail.MailAddress.TryCreate(email, out _))
            {
                throw new RuleBrokenException("beneficiaire-email", "Indiquez une adresse électronique complète, par exemple nom@exemple.fr.");
            }

            (person.BirthDate, person.Email) = (birthDate ?? person.BirthDate, email?.Trim() ?? person.Email);
            person.Refresh();
            if (!db.Audit(person, "beneficiaire", person.Id, id, "Edited", change))
            {
                return false;
            }

            dossier.UpdatedAt = change.Now;
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<bool> SetOpcoAsync(Guid id, string? opcoSlug, OpcoOrigin origin, OpcoConfidence confidence, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "OpcoChanged",
        change,
        cancellationToken,
        async dossier =>
        {
            (dossier.OpcoSlug, dossier.OpcoOrigin, dossier.OpcoConfidence) = (opcoSlug, origin, confidence);
            dossier.FilingDeadline = await DeadlineAsync(opcoSlug, dossier.StartDate, cancellationToken);
            return (DossierEventKinds.OpcoChanged, $"OPCO du dossier : {await OpcoNameAsync(opcoSlug, cancellationToken) ?? "à déterminer"}.", null);
        });

    public Task<bool> SetWorkflowInstanceAsync(Guid id, Guid instanceId, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id, "WorkflowStarted", change, cancellationToken, dossier =>
        {
            dossier.WorkflowInstanceId = instanceId;
            return (null, "", null);
        });

    /// <summary>The deposit is recorded once: the same reference again changes nothing, another one is refused.</summary>
    public Task<bool> RecordDepositAsync(Guid id, RecordDeposit deposit, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Deposited",
        change,
        cancellationToken,
        dossier =>
        {
            var reference = deposit.Reference.Trim();
            if (dossier.PortalReference == reference)
            {
                return null;
            }

            if (dossier.PortalReference is not null)
            {
                throw new RuleBrokenException("already-filed", $"Ce dossier est déjà déposé sous la référence {dossier.PortalReference}.");
            }

            if (reference.Length == 0)
            {
                throw new RuleBrokenException("reference-missing", "Indiquez la référence donnée par le portail de l’OPCO.");
            }

            dossier.PortalReference = reference;
            dossier.FiledAt = deposit.FiledAt.ToUniversalTime();
            Go(dossier, DossierState.Depose, change);
            return (DossierEventKinds.Deposited, $"Demande déposée auprès de l’OPCO le {Fr.DateTime(deposit.FiledAt)} sous la référence {reference}.", deposit.ReceiptDocumentId);
        });

    public Task<bool> RecordAccordAsync(Guid id, RecordAccord accord, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Granted",
        change,
        cancellationToken,
        async dossier =>
        {
            if (dossier.AccordNumber == accord.AccordNumber.Trim() && dossier.GrantedAmount == accord.GrantedAmount)
            {
                return null;
            }

            if (accord.GrantedAmount <= 0)
            {
                throw new RuleBrokenException("granted-amount", "Le montant accordé doit être supérieur à zéro ; sinon, enregistrez un refus.");
            }

            dossier.GrantedAmount = accord.GrantedAmount;
            dossier.GrantedHours = accord.GrantedHours;
            dossier.AccordNumber = accord.AccordNumber.Trim();
            dossier.AccordDate = accord.AccordDate;
            dossier.Remainder = Math.Max(0, dossier.CostHt - accord.GrantedAmount);

            // The accord itself prevails over what the OPCO announces in general.
            dossier.Circuit = accord.Circuit ?? (dossier.OpcoSlug is null ? null : await rules.CircuitAsync(dossier.OpcoSlug, accord.AccordDate, cancellationToken));
            var partial = accord.GrantedAmount < dossier.RequestedAmount;
            Go(dossier, partial ? DossierState.AccordePartiel : DossierState.Accorde, change);
            var text = partial
                ? $"L’OPCO accorde {Fr.Euros(accord.GrantedAmount)} sur {Fr.Euros(dossier.RequestedAmount)} demandés (accord {dossier.AccordNumber}). Reste à charge : {Fr.Euros(dossier.Remainder.Value)}."
                : $"L’OPCO accorde {Fr.Euros(accord.GrantedAmount)} (accord {dossier.AccordNumber}).";
            return (DossierEventKinds.Decided, text, accord.DocumentId);
        });

    /// <summary>By the OPCO after filing, by us before: the state tells, and <see cref="Dossier.FiledAt"/> which of the two.</summary>
    public Task<bool> RecordRefusalAsync(Guid id, RecordRefusal refusal, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Refused",
        change,
        cancellationToken,
        async dossier =>
        {
            var reason = await db.RefusalReasons.FindAsync([refusal.ReasonCode], cancellationToken)
                ?? throw new RuleBrokenException("refusal-reason", "Choisissez un motif de refus dans la liste.");
            dossier.RefusalCode = reason.Code;
            dossier.RefusalComment = refusal.Comment.Trim();
            if (!Go(dossier, DossierState.Refuse, change))
            {
                return null;
            }

            var who = dossier.FiledAt is null ? "La demande est refusée" : "L’OPCO refuse la prise en charge";
            return (DossierEventKinds.Decided, $"{who} : {reason.Label}. {reason.RemedyText}", refusal.DocumentId);
        });

    /// <summary>Who at Netz answers for the dossier; null = nobody any more.</summary>
    public Task<bool> AssignAsync(Guid id, Guid? userId, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Assigned",
        change,
        cancellationToken,
        async dossier =>
        {
            if (dossier.ResponsableId == userId)
            {
                return null;
            }

            var name = userId is null ? null : await db.Users.Where(x => x.Id == userId).Select(x => x.DisplayName).SingleOrDefaultAsync(cancellationToken) ?? throw new RuleBrokenException("user-missing", "Ce compte n’existe pas.");
            (dossier.ResponsableId, dossier.ResponsableName) = (userId, name);
            return (DossierEventKinds.Assigned, name is null ? "Le dossier n’a plus de responsable." : $"Responsable du dossier : {name}.", null);
        });

    /// <summary>Whoever takes the first task of a dossier answers for it; nothing happens when somebody does already.</summary>
    public static async Task AssignIfFreeAsync(MonOpcoDbContext db, Guid id, ChangeContext change, CancellationToken cancellationToken)
    {
        if (change.UserId is { } user && await db.Dossiers.AnyAsync(x => x.Id == id && x.ResponsableId == null, cancellationToken)
            && await db.Users.AnyAsync(x => x.Id == user, cancellationToken))
        {
            await new DossierService(db, new RuleBook(db)).AssignAsync(id, user, change, cancellationToken);
        }
    }

    /// <summary>The company takes the part that the OPCO does not pay; the dossier is then fully granted.</summary>
    public Task<bool> AcceptRemainderAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "RemainderAccepted",
        change,
        cancellationToken,
        dossier =>
        {
            if (dossier.RemainderAcceptedAt is not null)
            {
                return null;
            }

            if (dossier.State != DossierState.AccordePartiel)
            {
                throw new RuleBrokenException("no-remainder", "Il n’y a pas de reste à charge à accepter sur ce dossier.");
            }

            dossier.RemainderAcceptedAt = change.Now;
            Go(dossier, DossierState.Accorde, change);
            return (DossierEventKinds.RemainderAccepted, $"L’entreprise accepte le reste à charge de {Fr.Euros(dossier.Remainder ?? 0)}.", null);
        });

    /// <summary>The company pays alone (50 employees or more, or after a refusal): no OPCO money is waited for.</summary>
    public Task<bool> TakeOwnFundsAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "OwnFunds",
        change,
        cancellationToken,
        dossier =>
        {
            if (dossier.Circuit == PaymentCircuit.FondsPropres)
            {
                return null;
            }

            (dossier.Circuit, dossier.Remainder) = (PaymentCircuit.FondsPropres, dossier.CostHt);
            return (DossierEventKinds.Edited, "L’entreprise finance sur ses fonds propres : pas de demande à l’OPCO sur les fonds mutualisés.", null);
        });

    /// <summary>After a change of the OPCO's filing rules: the last day as the rules now say. Nothing happens to what is filed.</summary>
    public Task<bool> RefreshDeadlineAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "DeadlineChanged",
        change,
        cancellationToken,
        async dossier =>
        {
            var deadline = await DeadlineAsync(dossier.OpcoSlug, dossier.StartDate, cancellationToken);
            if (dossier.FiledAt is not null || dossier.FilingDeadline == deadline)
            {
                return null;
            }

            dossier.FilingDeadline = deadline;
            return (DossierEventKinds.Edited, deadline is { } day ? $"Les règles de dépôt de l’OPCO changent : dernier jour de dépôt, le {Fr.Date(day)}." : "Les règles de dépôt de l’OPCO changent : plus de date limite connue.", null);
        });

    /// <summary>A line of the timeline that is no change of the dossier itself: a mail, a note, a run of the bot.</summary>
    public Task AddEventAsync(
        Guid id, string kind, string text, ChangeContext change, CancellationToken cancellationToken, IReadOnlyList<Guid>? documentIds = null, JsonObject? detail = null, bool staffOnly = false) =>
        db.InTransactionAsync(
            async () =>
            {
                var companyId = await db.Dossiers.Where(x => x.Id == id).Select(x => x.CompanyId).SingleAsync(cancellationToken);
                db.DossierEvents.Add(NewEvent(id, companyId, kind, text, change, documentIds ?? [], detail, staffOnly));
                return await db.SaveChangesAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>Oldest first.</summary>
    public Task<List<DossierEvent>> TimelineAsync(Guid id, bool includeStaffOnly, CancellationToken cancellationToken) => db.DossierEvents.AsNoTracking()
        .Where(x => x.DossierId == id && (includeStaffOnly || !x.StaffOnly)).OrderBy(x => x.At).ThenBy(x => x.Position).ToListAsync(cancellationToken);

    internal static string FingerprintOf(CreateDossier command)
    {
        var people = command.Beneficiaires.Select(x => $"{SearchText.Of(x.LastName)}|{SearchText.Of(x.FirstName)}|{x.BirthDate:O}").Order(StringComparer.Ordinal);
        var text = $"{command.CompanyId:N}\n{command.Kind}\n{SearchText.Of(command.Title)}\n{command.StartDate:O}\n{string.Join('\n', people)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static bool Go(Dossier dossier, DossierState to, ChangeContext change)
    {
        if (dossier.State == to)
        {
            return false;
        }

        if (!DossierStates.CanGo(dossier.State, to))
        {
            throw new RuleBrokenException("state", $"Le dossier {dossier.Numero} est « {DossierStates.Label(dossier.State)} » : il ne peut pas passer à « {DossierStates.Label(to)} ».");
        }

        (dossier.State, dossier.StateSince) = (to, change.Now);
        return true;
    }

    private static Beneficiaire NewBeneficiaire(Guid dossierId, Guid companyId, NewBeneficiaire person, int position, DateTimeOffset now)
    {
        var beneficiaire = new Beneficiaire
        {
            Id = Guid.CreateVersion7(now),
            DossierId = dossierId,
            CompanyId = companyId,
            LastName = person.LastName.Trim(),
            FirstName = person.FirstName.Trim(),
            BirthDate = person.BirthDate,
            Email = person.Email.Trim(),
            Phone = person.Phone.Trim(),
            Job = person.Job.Trim(),
            Category = person.Category,
            Contract = person.Contract,
            HiredOn = person.HiredOn,
            Position = position,
        };
        beneficiaire.Refresh();
        return beneficiaire;
    }

    private static DossierEvent NewEvent(Guid dossierId, Guid companyId, string kind, string text, ChangeContext change, IReadOnlyList<Guid> documentIds, JsonObject? detail, bool staffOnly) => new()
    {
        Id = Guid.CreateVersion7(change.Now),
        DossierId = dossierId,
        CompanyId = companyId,
        At = change.Now,
        ActorKind = change.ActorKind,
        Actor = change.ActorName,
        Kind = kind,
        Text = text,
        DocumentIds = [.. documentIds],
        Detail = detail,
        StaffOnly = staffOnly,
    };

    private static void Refresh(Dossier dossier, Company company, string? opcoName) =>
        (dossier.CompanyName, dossier.OpcoName, dossier.Search) = (company.Name, opcoName, SearchOf(dossier, company, opcoName));

    // Begins with a space, so that « begins a word » is one pattern.
    private static string SearchOf(Dossier dossier, Company company, string? opcoName) =>
        " " + SearchText.Of([dossier.Numero.Replace("-", "", StringComparison.Ordinal), dossier.Numero, dossier.Title, company.Name, company.Siret, opcoName, .. dossier.Beneficiaires.Select(x => x.FullName)]);

    private void AddEvent(Dossier dossier, string kind, string text, ChangeContext change, Guid? documentId = null) =>
        db.DossierEvents.Add(NewEvent(dossier.Id, dossier.CompanyId, kind, text, change, documentId is null ? [] : [documentId.Value], null, staffOnly: false));

#pragma warning disable CA1068 // The lambda reads better last.
    private Task<bool> ChangeAsync(Guid id, string action, ChangeContext change, CancellationToken cancellationToken, Func<Dossier, (string? Kind, string Text, Guid? Document)?> apply) =>
        ChangeAsync(id, action, change, cancellationToken, dossier => Task.FromResult(apply(dossier)));

    private Task<bool> ChangeAsync(Guid id, string action, ChangeContext change, CancellationToken cancellationToken, Func<Dossier, Task<(string? Kind, string Text, Guid? Document)?>> apply) =>
        db.InTransactionAsync(
            async () =>
            {
                var dossier = await LoadLockedAsync(id, cancellationToken);
#pragma warning restore CA1068
                if (await apply(dossier) is not var (kind, text, document) || !db.Audit(dossier, "dossier", id, id, action, change))
                {
                    return false;
                }

                dossier.UpdatedAt = change.Now;
                Refresh(dossier, await db.Companies.SingleAsync(x => x.Id == dossier.CompanyId, cancellationToken), await OpcoNameAsync(dossier.OpcoSlug, cancellationToken));
                if (kind is not null)
                {
                    AddEvent(dossier, kind, text, change, document);
                }

                await db.SaveChangesAsync(cancellationToken);
                return true;
            },
            cancellationToken);

    private async Task<Dossier> LoadLockedAsync(Guid id, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from dossiers where id = {id} for update", cancellationToken);
        var dossier = await db.Dossiers.Include(x => x.Beneficiaires).SingleOrDefaultAsync(x => x.Id == id, cancellationToken)
            ?? throw new RuleBrokenException("dossier-missing", "Ce dossier n’existe pas.");

        // A tracked entity may be older than the lock.
        if (db.Entry(dossier).State == EntityState.Unchanged)
        {
            await db.Entry(dossier).ReloadAsync(cancellationToken);
        }

        return dossier;
    }

    private async Task<DateOnly?> DeadlineAsync(string? opcoSlug, DateOnly start, CancellationToken cancellationToken) =>
        opcoSlug is null ? null : (await rules.FilingWindowAsync(opcoSlug, start, cancellationToken))?.Last;

    private async Task<string?> OpcoNameAsync(string? slug, CancellationToken cancellationToken) =>
        slug is null ? null : (await db.Opcos.FindAsync([slug], cancellationToken))?.Name;
}
