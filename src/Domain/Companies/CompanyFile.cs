using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Companies;

/// <summary>What is typed of a contact. <see cref="Id"/>: the one that is changed, or null for a new one.</summary>
public sealed record SaveContact(string LastName, string FirstName)
{
    public Guid? Id { get; init; }

    public string Job { get; init; } = "";

    public string Email { get; init; } = "";

    public string Phone { get; init; } = "";

    public bool IsMain { get; init; }
}

/// <summary>What the house adds to a company: contacts, notes, group, archive, merge. Each change is one transaction with its audit row.</summary>
public sealed class CompanyFile(MonOpcoDbContext db)
{
    public Task<CompanyContact> SaveContactAsync(Guid companyId, SaveContact command, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await LockAsync(companyId, cancellationToken);
            var others = await db.Set<CompanyContact>().Where(x => x.CompanyId == companyId).ToListAsync(cancellationToken);
            var contact = command.Id is { } id ? others.SingleOrDefault(x => x.Id == id) ?? throw new RuleBrokenException("contact", "Ce contact n’existe plus.") : null;
            if (contact is null)
            {
                contact = new CompanyContact { Id = Guid.CreateVersion7(change.Now), CompanyId = companyId, LastName = command.LastName, FirstName = command.FirstName };
                db.Add(contact);
            }

            // The first contact of a company is its main one; a new main one takes the place of the former.
            var main = command.IsMain || !others.Any(x => x.IsMain && x != contact);
            foreach (var former in main ? others.Where(x => x.IsMain && x != contact) : [])
            {
                former.IsMain = false;
                db.Audit(former, "company-contact", former.Id, null, "NoLongerMain", change);
                await db.SaveChangesAsync(cancellationToken);
            }

            (contact.LastName, contact.FirstName, contact.Job, contact.Email, contact.Phone, contact.IsMain) =
                (command.LastName.Trim(), command.FirstName.Trim(), command.Job.Trim(), command.Email.Trim(), command.Phone.Trim(), main);
            db.Audit(contact, "company-contact", contact.Id, null, "Saved", change);
            await db.SaveChangesAsync(cancellationToken);
            return contact;
        },
        cancellationToken);

    public Task<bool> RemoveContactAsync(Guid companyId, Guid contactId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.Set<CompanyContact>().SingleOrDefaultAsync(x => x.Id == contactId && x.CompanyId == companyId, cancellationToken) is not { } contact)
            {
                return false;
            }

            db.Remove(contact);
            db.Audit(contact, "company-contact", contact.Id, null, "Removed", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<CompanyNote> AddNoteAsync(Guid companyId, string text, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var note = new CompanyNote { Id = Guid.CreateVersion7(change.Now), CompanyId = companyId, At = change.Now, Author = change.ActorName, AuthorId = change.UserId, Text = text.Trim() };
            db.Add(note);
            db.Audit(note, "company-note", note.Id, null, "Added", change);
            await db.SaveChangesAsync(cancellationToken);
            return note;
        },
        cancellationToken);

    /// <summary>An archived company leaves the usual list and opens no new dossier; its history stays.</summary>
    /// <exception cref="RuleBrokenException">A dossier is still under way.</exception>
    public Task<bool> ArchiveAsync(Guid companyId, bool archived, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = await LockAsync(companyId, cancellationToken);
            var active = Dossiers.Figures.CubeReader.Active;
            if (archived && await db.Dossiers.CountAsync(x => x.CompanyId == companyId && active.Contains(x.State), cancellationToken) is > 0 and var open)
            {
                throw new RuleBrokenException("company-active", open == 1 ? "Un dossier de cette entreprise est encore en cours : terminez-le avant d’archiver." : $"{open} dossiers de cette entreprise sont encore en cours : terminez-les avant d’archiver.");
            }

            if (company.MergedIntoId is not null)
            {
                throw new RuleBrokenException("company-merged", "Cette fiche a été fusionnée : elle reste archivée.");
            }

            company.ArchivedAt = archived ? company.ArchivedAt ?? change.Now : null;
            return await SaveAsync(company, archived ? "Archived" : "Unarchived", change, cancellationToken);
        },
        cancellationToken);

    /// <summary>Puts the company into the group of this name, made if there is none; an empty name takes it out.</summary>
    public Task<bool> SetGroupAsync(Guid companyId, string? name, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = await LockAsync(companyId, cancellationToken);
            var wanted = name?.Trim() ?? "";
            CompanyGroup? group = null;
            if (wanted.Length > 0)
            {
                await db.LockAsync($"company-group:{SearchText.Of(wanted)}", cancellationToken);
                group = await db.Set<CompanyGroup>().FirstOrDefaultAsync(x => x.Name == wanted, cancellationToken);
                if (group is null)
                {
                    group = new CompanyGroup { Id = Guid.CreateVersion7(change.Now), Name = wanted, CreatedAt = change.Now };
                    db.Add(group);
                    db.Audit(group, "company-group", group.Id, null, "Created", change);
                }
            }

            company.GroupId = group?.Id;
            return await SaveAsync(company, group is null ? "LeftGroup" : "JoinedGroup", change, cancellationToken);
        },
        cancellationToken);

    /// <summary>
    /// Two records are one client: everything of <paramref name="fromId"/> (dossiers, people, documents, tasks, accounts, contacts, notes…) goes to <paramref name="intoId"/>; the emptied record is archived
    /// and leads there. Not undone by a button: the audit keeps which dossiers moved.
    /// </summary>
    /// <returns>How many dossiers moved.</returns>
    /// <exception cref="RuleBrokenException">The two cannot be one client.</exception>
    public Task<int> MergeAsync(Guid fromId, Guid intoId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (fromId == intoId)
            {
                throw new RuleBrokenException("company-merge", "Choisissez une autre fiche : une entreprise ne se fusionne pas avec elle-même.");
            }

            // In one order, so that two merges the other way round wait for each other.
            foreach (var id in new[] { fromId, intoId }.Order())
            {
                await LockAsync(id, cancellationToken);
            }

            var (from, into) = (await db.Companies.SingleAsync(x => x.Id == fromId, cancellationToken), await db.Companies.SingleAsync(x => x.Id == intoId, cancellationToken));
            if (from.MergedIntoId is not null || into.MergedIntoId is not null)
            {
                throw new RuleBrokenException("company-merge", "Une de ces fiches a déjà été fusionnée.");
            }

            var numbers = await db.Dossiers.Where(x => x.CompanyId == fromId).OrderBy(x => x.Year).ThenBy(x => x.Sequence).Select(x => x.Numero).ToListAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"update company_contacts set is_main = false where company_id = {fromId} and exists (select 1 from company_contacts where company_id = {intoId} and is_main)", cancellationToken);
            foreach (var (table, column) in Owned())
            {
#pragma warning disable EF1002 // The names come from the model, never from outside.
                await db.Database.ExecuteSqlRawAsync($"update {table} set {column} = $1 where {column} = $2", [new NpgsqlParameter { Value = intoId }, new NpgsqlParameter { Value = fromId }], cancellationToken);
#pragma warning restore EF1002
            }

            var (old, current) = (SearchText.Of(from.Name), SearchText.Of(into.Name));
            await db.Database.ExecuteSqlAsync($"update dossiers set company_name = {into.Name}, search = replace(search, {old}, {current}) where company_id = {intoId} and company_name <> {into.Name}", cancellationToken);
            (from.MergedIntoId, from.ArchivedAt) = (intoId, change.Now);
            await SaveAsync(from, "MergedInto", change with { Reason = $"{change.Reason} Vers {into.Siret} ; dossiers : {(numbers.Count == 0 ? "aucun" : string.Join(", ", numbers))}.".Trim() }, cancellationToken);
            return numbers.Count;
        },
        cancellationToken);

    /// <summary>Every column of the model that says whose something is.</summary>
    public IEnumerable<(string Table, string Column)> Owned() =>
        from entity in db.Model.GetEntityTypes()
        where entity.GetTableName() is not null && entity.ClrType != typeof(Company)
        from property in entity.GetProperties()
        where property.Name is "CompanyId" or "CandidateCompanyId"
        select ((entity.GetSchema() is { } schema ? schema + "." : "") + entity.GetTableName(), property.GetColumnName());

    private async Task<Company> LockAsync(Guid companyId, CancellationToken cancellationToken)
    {
        await db.LockAsync($"company-file:{companyId}", cancellationToken);
        return await db.Companies.SingleAsync(x => x.Id == companyId, cancellationToken);
    }

    private async Task<bool> SaveAsync(Company company, string action, ChangeContext change, CancellationToken cancellationToken)
    {
        if (!db.Audit(company, "company", company.Id, null, action, change))
        {
            return false;
        }

        company.UpdatedAt = change.Now;
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }
}
