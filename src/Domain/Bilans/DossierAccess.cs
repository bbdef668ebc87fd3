using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using NpgsqlTypes;

namespace MonOPCO.Domain.Bilans;

/// <summary>What was opened.</summary>
public enum AccessedThing
{
    Dossier,
    Document,
    Task,

    /// <summary>A page through which the dossier is changed or filed.</summary>
    WorkPage,
}

/// <summary>Somebody opened a dossier, one of its documents or tasks. Only added to; the beneficiary reads it.</summary>
public sealed class DossierAccess
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Guid DossierId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>As it was then.</summary>
    public required string Name { get; init; }

    public required string Role { get; init; }

    public required AccessedThing Thing { get; init; }

    public Guid? DocumentId { get; init; }
}

internal sealed class DossierAccessMapping : IEntityTypeConfiguration<DossierAccess>
{
    public void Configure(EntityTypeBuilder<DossierAccess> builder)
    {
        builder.ToTable("dossier_accesses");
        builder.Property(x => x.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(x => new { x.DossierId, x.Id });
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Who looks: kept as it is at that moment.</summary>
public sealed record Onlooker(Guid UserId, string Name, string Role);

/// <summary>
/// Writes the log of accesses in a transaction of its own, as the staff's role: what was opened was opened, whatever becomes of the request, and a portal session
/// cannot write it. One statement that finds the dossier by what the address names.
/// </summary>
public sealed class DossierAccessLog(DataSources sources)
{
    private const string Insert = "insert into dossier_accesses (at, dossier_id, user_id, name, role, thing, document_id) select $1, d.id, $2, $3, $4, $5, ";

    public Task DossierAsync(string numero, AccessedThing thing, Onlooker by, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(Insert + "null::uuid from dossiers d where d.numero = $6", thing, by, now, numero, cancellationToken);

    public Task DocumentAsync(Guid documentId, Onlooker by, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(Insert + "x.id from documents x join dossiers d on d.id = x.dossier_id where x.id = $6", AccessedThing.Document, by, now, documentId, cancellationToken);

    public Task TaskAsync(Guid taskId, Onlooker by, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(Insert + "null::uuid from human_tasks t join dossiers d on d.id = t.dossier_id where t.id = $6", AccessedThing.Task, by, now, taskId, cancellationToken);

    private async Task WriteAsync(string sql, AccessedThing thing, Onlooker by, DateTimeOffset now, object key, CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand(sql);
        command.Parameters.AddWithValue(NpgsqlDbType.TimestampTz, now.UtcDateTime);
        command.Parameters.AddWithValue(by.UserId);
        command.Parameters.AddWithValue(by.Name);
        command.Parameters.AddWithValue(by.Role);
        command.Parameters.AddWithValue(thing.ToString());
        command.Parameters.AddWithValue(key);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
