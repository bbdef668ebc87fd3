using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>A change that somebody made to a dossier beside its procedure: name of the value → what it became. Personal values are not in the audit and not here.</summary>
public sealed record DossierEdit(DateTimeOffset At, string Actor, JsonObject Values);

/// <summary>
/// The copy of a dossier on which a procedure is tried: as the dossier was when it was created, told by its audit, with the people it has today. It stands in the transaction of the
/// trial, which is rolled back; the original is read and never locked against anybody. Company, OPCO and training body are not copied: no procedure changes them.
/// </summary>
public sealed class DossierCopy(MonOpcoDbContext db)
{
    /// <summary>Follow from the way that the procedure takes, or from the copy itself.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal) { "id", "year", "sequence", "numero", "state", "stateSince", "workflowInstanceId", "isDemo", "createdAt" };

    private static readonly string[] Progress =
    [
        "grantedAmount", "grantedHours", "circuit", "remainder", "remainderAcceptedAt", "accordNumber", "accordDate", "refusalCode", "refusalComment", "portalReference", "filedAt",
    ];

    /// <summary>False when there is no such dossier.</summary>
    public async Task<bool> MakeAsync(Guid dossierId, Guid copyId, Guid instanceId, CancellationToken cancellationToken)
    {
        var columns = Columns();
        var values = Column(columns, await AsCreatedAsync(dossierId, columns, cancellationToken));

        // A number that no dossier has and no other trial takes: unique keys never make a trial wait.
        var sequence = -1 - Random.Shared.Next(int.MaxValue - 1);
        foreach (var (name, value) in new (string, JsonNode?)[]
        {
            ("id", copyId), ("sequence", sequence), ("numero", $"ESSAI-{copyId:N}"[..16]), ("state", nameof(DossierState.Brouillon)), ("workflowInstanceId", instanceId),
        })
        {
            values[columns[name].GetColumnName()] = value;
        }

        // Columns of the table as it is, without those that the database computes; their names come from its catalogue.
        var (dossiers, people) = (await WrittenAsync("dossiers", cancellationToken), await WrittenAsync("beneficiaires", cancellationToken));
        var (json, own) = (values.ToJsonString(), new JsonObject { ["dossier_id"] = copyId }.ToJsonString());
        var copy = $"insert into dossiers ({Names(dossiers)}) select {Names(dossiers, "r.")} from dossiers d, lateral jsonb_populate_record(null::dossiers, to_jsonb(d) || {{1}}::jsonb || jsonb_build_object('state_since', d.created_at)) r where d.id = {{0}}";
        var made = await db.Database.ExecuteSqlRawAsync(copy, [dossierId, json], cancellationToken);
        copy = $"insert into beneficiaires ({Names(people)}) select {Names(people, "r.")} from beneficiaires b, lateral jsonb_populate_record(null::beneficiaires, to_jsonb(b) || jsonb_build_object('id', gen_random_uuid()) || {{1}}::jsonb) r where b.dossier_id = {{0}}";
        await db.Database.ExecuteSqlRawAsync(copy, [dossierId, own], cancellationToken);
        return made == 1;
    }

    /// <summary>Writes values as <see cref="DossierEdit"/> names them; what is unknown or belongs to the procedure is left out.</summary>
    public async Task ApplyAsync(Guid copyId, JsonObject values, CancellationToken cancellationToken)
    {
        var columns = Columns();
        var known = Column(columns, new JsonObject(values.Where(x => columns.ContainsKey(x.Key) && !Own.Contains(x.Key)).Select(x => KeyValuePair.Create(x.Key, x.Value?.DeepClone()))));
        if (known.Count == 0)
        {
            return;
        }

        // Names of columns come from the model, never from the values.
        var set = string.Join(", ", known.Select(x => $"\"{x.Key}\" = r.\"{x.Key}\""));
        var sql = $"update dossiers d set {set} from (select (jsonb_populate_record(o, {{1}}::jsonb)).* from dossiers o where o.id = {{0}}) r where d.id = {{0}}";
        await db.Database.ExecuteSqlRawAsync(sql, [copyId, known.ToJsonString()], cancellationToken);
    }

    /// <summary>What people changed by themselves, oldest first.</summary>
    public async Task<IReadOnlyList<DossierEdit>> EditsAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var columns = Columns();
        var id = dossierId.ToString();
        var rows = await db.AuditEntries.AsNoTracking()
            .Where(x => x.Subject == "dossier" && x.SubjectId == id && x.Action != "Created" && x.ActorKind != ActorKind.Workflow && x.ActorKind != ActorKind.Bot && x.NewValues != null)
            .OrderBy(x => x.Id).Select(x => new { x.At, x.Actor, x.NewValues }).ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(x => new DossierEdit(x.At, x.Actor, new JsonObject(x.NewValues!.Where(v => columns.ContainsKey(v.Key) && !Own.Contains(v.Key) && !Progress.Contains(v.Key) && !IsMasked(v.Value))
                .Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone()))))).Where(x => x.Values.Count > 0),
        ];
    }

    /// <summary>Values by name as the audit has them; where there is no row about the creation, today's without what the procedure has brought.</summary>
    private async Task<JsonObject> AsCreatedAsync(Guid dossierId, Dictionary<string, IProperty> columns, CancellationToken cancellationToken)
    {
        var id = dossierId.ToString();
        var values = new JsonObject(Progress.Select(x => KeyValuePair.Create(x, (JsonNode?)null)));
        var created = await db.AuditEntries.AsNoTracking().Where(x => x.Subject == "dossier" && x.SubjectId == id && x.Action == "Created").OrderBy(x => x.Id).Select(x => x.NewValues).FirstOrDefaultAsync(cancellationToken);
        foreach (var (name, value) in created ?? [])
        {
            if (columns.ContainsKey(name) && !Own.Contains(name) && !IsMasked(value))
            {
                values[name] = value?.DeepClone();
            }
        }

        return values;
    }

    private Task<List<string>> WrittenAsync(string table, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<string>($"select attname::text as \"Value\" from pg_attribute where attrelid = {table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum").ToListAsync(cancellationToken);

    private static string Names(IEnumerable<string> columns, string prefix = "") => string.Join(", ", columns.Select(x => $"{prefix}\"{x}\""));

    private static JsonObject Column(Dictionary<string, IProperty> columns, JsonObject values) =>
        new(values.Select(x => KeyValuePair.Create(columns[x.Key].GetColumnName(), x.Value?.DeepClone())));

    private Dictionary<string, IProperty> Columns() =>
        db.Model.FindEntityType(typeof(Dossier))!.GetProperties().Where(x => x.GetComputedColumnSql() is null).ToDictionary(x => JsonNamingPolicy.CamelCase.ConvertName(x.Name), StringComparer.Ordinal);

    private static bool IsMasked(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var masked) && masked == "***";
}
