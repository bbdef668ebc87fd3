using System.Globalization;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace MonOPCO.Seed;

public sealed partial class Seeder
{
    private sealed record Firm(Guid Id, string Siret, string Name, string City, string Department, string Postal, string? OpcoSlug, string? OpcoName, string Domain);

    private async Task WriteAsync(NpgsqlConnection connection, SeedOptions options, IReadOnlyList<(Guid Id, string Name)> people, CancellationToken cancellationToken)
    {
        var now = options.Now ?? TimeProvider.System.GetUtcNow();
        var start = now.AddDays(-365.25 * options.Years);
        var opcos = await ReadAsync(connection, "select slug, name from opcos order by slug", cancellationToken);
        var bodies = await ReadAsync(connection, "select id::text, name from training_bodies order by slug", cancellationToken);
        var reasons = (await ReadAsync(connection, "select code, label from refusal_reasons order by code", cancellationToken)).ConvertAll(x => x.Item1);
        var counters = (await ReadAsync(connection, "select year::text, greatest(max(sequence), 0)::text from dossiers group by year", cancellationToken)).ToDictionary(x => int.Parse(x.Item1, CultureInfo.InvariantCulture), x => int.Parse(x.Item2, CultureInfo.InvariantCulture));
        var draw = new Draw(options.Number);
        var firms = Firms(draw, options.Companies, opcos, await FirstSirenAsync(connection, cancellationToken));
        await CopyAsync(connection, "companies (id, siret, siren, name, address, postal_code, city, department, naf, idcc, legal_category, headcount_band, is_open, opco_slug, opco_origin, opco_confidence, origin, is_degraded, looked_up_at, is_qualiopi, is_generated, created_at, updated_at, search)", firms, (w, f) =>
        {
            w.Write(f.Id);
            w.Write(f.Siret, NpgsqlDbType.Char);
            w.Write(f.Siret[..9], NpgsqlDbType.Char);
            w.Write(f.Name);
            w.Write($"{1 + (f.Siret[7] - '0')}, rue de la Gare");
            w.Write(f.Postal);
            w.Write(f.City);
            w.Write(f.Department);
            w.Write("62.02A");
            w.Write(new[] { "1486" });
            w.Write("5710");
            w.Write("11");
            w.Write(true);
            Null(w, f.OpcoSlug);
            w.Write((f.OpcoSlug is null ? OpcoOrigin.None : OpcoOrigin.Idcc).ToString());
            w.Write((f.OpcoSlug is null ? OpcoConfidence.Inconnue : OpcoConfidence.Certain).ToString());
            w.Write(CompanyOrigin.Sandbox.ToString());
            w.Write(false);
            w.Write(start.ToUniversalTime());
            w.Write(false);
            w.Write(true);
            w.Write(start.ToUniversalTime());
            w.Write(start.ToUniversalTime());
            w.Write(SearchText.Of(f.Name, null, f.Siret, f.City));
        }, cancellationToken);
        Say($"{firms.Count:N0} entreprises");

        for (var done = 0; done < options.Dossiers;)
        {
            var rows = new List<Row>(Batch);
            for (; rows.Count < Batch && done < options.Dossiers; done++)
            {
                // More and more of them as the years go by.
                var at = start + ((now - start) * Math.Pow((done + 1.0) / (options.Dossiers + 1), 0.75));
                rows.Add(Make(draw, at, now, firms, bodies, reasons, people, counters));
            }

            await WriteAsync(connection, rows, cancellationToken);
            if (done % 100_000 == 0 || done == options.Dossiers)
            {
                Say($"{done:N0} dossiers");
            }
        }

        foreach (var (year, last) in counters)
        {
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"insert into dossier_counters (year, last) values ({year}, {last}) on conflict (year) do update set last = greatest(dossier_counters.last, excluded.last)"), cancellationToken);
        }
    }

    private static List<Firm> Firms(Draw draw, int count, List<(string Slug, string Name)> opcos, int first)
    {
        // Shares of the OPCOs: a few carry most.
        var weights = opcos.Select((_, i) => 1.0 / (1 + (i * 5 % opcos.Count))).ToArray();
        var total = weights.Sum();
        var firms = new List<Firm>(count);
        for (var i = 0; i < count; i++)
        {
            var place = draw.Of(Words.Places).Split('|');
            var form = draw.Of(Words.LegalForms);
            var name = $"{draw.Of(Words.Cores)} {(draw.Chance(0.6) ? draw.Of(Words.LastNames) : place[0])}{(i > 400 && draw.Chance(0.5) ? " " + draw.Of(Words.LastNames) : "")} {form}".TrimEnd();
            var siren = Complete((first + i).ToString("00000000", CultureInfo.InvariantCulture));
            var (pick, slug) = (draw.Unit() * total, -1);
            for (var o = 0; o < weights.Length && draw.Chance(1); o++)
            {
                pick -= weights[o];
                if (pick <= 0)
                {
                    slug = o;
                    break;
                }
            }

            var known = slug >= 0 && !draw.Chance(0.01);
            firms.Add(new Firm(draw.Id(new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i)), Complete(siren + "0001"), name, place[0], place[1], place[2], known ? opcos[slug].Slug : null, known ? opcos[slug].Name : null, string.Create(CultureInfo.InvariantCulture, $"e{i}.{MailDomain}")));
        }

        return firms;
    }

    private sealed class Row
    {
        internal required Guid Id { get; init; }

        internal required int Year { get; init; }

        internal required int Sequence { get; init; }

        internal required DossierKind Kind { get; init; }

        internal required Life Life { get; init; }

        internal required Firm Firm { get; init; }

        internal required Guid? Body { get; init; }

        internal required string Title { get; init; }

        internal required DateTimeOffset Created { get; init; }

        internal required DateOnly Start { get; init; }

        internal required DateOnly End { get; init; }

        internal required decimal Hours { get; init; }

        internal required decimal Cost { get; init; }

        internal required decimal? Granted { get; init; }

        internal required (Guid Id, string Name)? Responsable { get; init; }

        internal required (string Last, string First, Guid Id, DateOnly Born, string Job)[] People { get; init; }

        internal required int Complements { get; init; }

        internal required ulong Chance { get; init; }

        internal string Numero => DossierNumber.Format(Year, Sequence);
    }

    private static Row Make(Draw draw, DateTimeOffset at, DateTimeOffset now, List<Firm> firms, List<(string Id, string Name)> bodies, List<string> reasons, IReadOnlyList<(Guid Id, string Name)> people, Dictionary<int, int> counters)
    {
        var created = new DateTimeOffset(at.Ticks / 10 * 10, TimeSpan.Zero);
        var year = Fr.InParis(created).Year;
        counters[year] = counters.GetValueOrDefault(year) + 1;
        var kind = draw.Chance(0.3) ? DossierKind.Bilan : DossierKind.Formation;
        var life = Lives.Of(draw, created, now, reasons);
        var start = Fr.InParis(created).AddDays(draw.Between(15, 150));
        var count = draw.Unit() switch { _ when kind == DossierKind.Bilan => 1, < 0.66 => 1, < 0.84 => draw.Between(2, 4), < 0.97 => draw.Between(5, 8), _ => draw.Between(9, 15) };
        var hours = kind == DossierKind.Bilan ? 24 : 7 * draw.Between(1, 8);

        // A long tail: most around 1,500 €, some above 15,000 €.
        var cost = kind == DossierKind.Bilan ? 1600 + (100 * draw.Below(9)) : Math.Round((decimal)(hours * (25 + (40 * draw.Unit())) * (1 + ((count - 1) * 0.6)) * Math.Exp(0.5 * ((draw.Unit() * 2) - 0.8))) / 10) * 10;
        decimal? granted = life.DecidedAt is null ? null : life.IsPartial ? Math.Round(cost * (decimal)(0.3 + (0.6 * draw.Unit())), 2) : cost;
        return new Row
        {
            Id = draw.Id(created),
            Year = year,
            Sequence = counters[year],
            Kind = kind,
            Life = life,
            Firm = firms[(int)(firms.Count * Math.Pow(draw.Unit(), 2.5))],
            Body = bodies.Count == 0 ? null : Guid.Parse(bodies[draw.Chance(0.8) ? 0 : draw.Below(bodies.Count)].Id),
            Title = kind == DossierKind.Bilan ? "Bilan de compétences" : draw.Of(Words.Subjects),
            Created = created,
            Start = start,
            End = start.AddDays(draw.Between(0, 90)),
            Hours = hours,
            Cost = cost,
            Granted = granted,
            Responsable = people.Count == 0 || draw.Chance(life.State == DossierState.Brouillon ? 0.6 : 0.05) ? null : people[(int)(people.Count * Math.Pow(draw.Unit(), 1.4))],
            People = [.. Enumerable.Range(0, count).Select(_ => (draw.Of(Words.LastNames), draw.Of(Words.FirstNames), draw.Id(created), new DateOnly(draw.Between(1962, 2003), draw.Between(1, 12), draw.Between(1, 28)), draw.Of(Words.Jobs)))],
            Complements = life.State == DossierState.PiecesManquantes ? draw.Between(1, 3) : 0,
            Chance = draw.Next(),
        };
    }

    private static async Task WriteAsync(NpgsqlConnection connection, List<Row> rows, CancellationToken cancellationToken)
    {
        await CopyAsync(
            connection,
            "dossiers (id, year, sequence, numero, kind, state, state_since, company_id, training_body_id, opco_slug, opco_origin, opco_confidence, title, objectives, content, trainer_name, start_date, end_date, hours, modality, modality_detail, place, "
            + "cost_ht, rate_per_trainee, requested_amount, granted_amount, granted_hours, circuit, remainder, accord_number, accord_date, refusal_code, refusal_comment, portal_reference, filed_at, filing_deadline, contact_name, contact_email, contact_phone, "
            + "fingerprint, is_demo, is_generated, created_at, updated_at, search, company_name, opco_name, beneficiaire_name, beneficiaire_count, responsable_id, responsable_name)",
            rows,
            WriteDossier,
            cancellationToken);
        await CopyAsync(
            connection,
            "beneficiaires (id, dossier_id, company_id, last_name, first_name, birth_date, email, email_key, phone, job, category, contract, position)",
            rows.SelectMany(x => x.People.Select((person, position) => (x, person, position))),
            (w, x) =>
            {
                var email = string.Create(CultureInfo.InvariantCulture, $"p{x.person.Id.ToString("N")[20..]}@{x.x.Firm.Domain}");
                w.Write(x.person.Id);
                w.Write(x.x.Id);
                w.Write(x.x.Firm.Id);
                w.Write(x.person.Last);
                w.Write(x.person.First);
                w.Write(x.person.Born);
                w.Write(email);
                w.Write(email);
                w.Write("");
                w.Write(x.person.Job);
                w.Write(Csp.Employe.ToString());
                w.Write(ContractKind.Cdi.ToString());
                w.Write(x.position);
            },
            cancellationToken);
        await CopyAsync(connection, "dossier_events (id, dossier_id, company_id, at, actor_kind, actor, kind, text, document_ids, staff_only)", rows.SelectMany(Events), (w, e) =>
        {
            w.Write(e.Id);
            w.Write(e.Row.Id);
            w.Write(e.Row.Firm.Id);
            w.Write(e.At);
            w.Write(ActorKind.Workflow.ToString());
            w.Write("Procédure");
            w.Write(e.Kind);
            w.Write(e.Text);
            w.Write(Array.Empty<Guid>());
            w.Write(false);
        }, cancellationToken);
        await CopyAsync(connection, "complements (id, dossier_id, company_id, code, label, target, key, position, comment, asked_by, status, asked_at, due_on)", rows.SelectMany(x => Enumerable.Range(0, x.Complements).Select(i => (x, i))), (w, x) =>
        {
            string[] labels = ["Fiche de poste", "Bulletin de salaire", "Objectifs de la formation"];
            w.Write(Spread(x.x, 40 + x.i));
            w.Write(x.x.Id);
            w.Write(x.x.Firm.Id);
            w.Write("autre");
            w.Write(labels[x.i]);
            w.Write(ComplementTarget.Document.ToString());
            w.Write("PIECE");
            w.Write(x.i);
            w.Write("");
            w.Write(ActorKind.Human.ToString());
            w.Write((x.i == 2 ? ComplementStatus.Answered : ComplementStatus.Asked).ToString());
            w.Write(x.x.Life.Since);
            w.Write(Fr.InParis(x.x.Life.Since).AddDays(10));
        }, cancellationToken);
        await CopyAsync(
            connection,
            "human_tasks (id, code, title, instruction, candidate_role, assignee_id, assignee_name, claimed_at, priority, due_at, outcomes, status, dossier_id, created_at)",
            rows.Select(x => (Row: x, Task: TaskOf(x))).Where(x => x.Task is not null),
            (w, x) =>
            {
                var (code, title, days, outcomes) = x.Task!.Value;
                var taken = x.Row.Responsable is not null && x.Row.Chance % 4 == 0;
                w.Write(Spread(x.Row, 60));
                w.Write(code);
                w.Write(title);
                w.Write("Tâche produite pour essai : aucune procédure n’attend sa réponse.");
                w.Write(MonOPCO.Domain.Users.Roles.Operateur);
                NullValue(w, taken ? x.Row.Responsable!.Value.Id : (Guid?)null);
                Null(w, taken ? x.Row.Responsable!.Value.Name : null);
                NullValue(w, taken ? x.Row.Life.Since : (DateTimeOffset?)null);
                w.Write((x.Row.Chance % 11 == 0 ? TaskPriority.High : TaskPriority.Normal).ToString());
                w.Write(x.Row.Life.Since.AddDays(days));
                w.Write("[" + string.Join(',', outcomes.Select(o => $"{{\"name\":\"{o}\",\"label\":\"{o}\",\"style\":\"secondary\",\"requiresReason\":false}}")) + "]", NpgsqlDbType.Jsonb);
                w.Write(HumanTaskStatus.Open.ToString());
                w.Write(x.Row.Id);
                w.Write(x.Row.Life.Since);
            },
            cancellationToken);
    }

    private static void WriteDossier(NpgsqlBinaryImporter w, Row x)
    {
        var life = x.Life;
        w.Write(x.Id);
        w.Write(x.Year);
        w.Write(x.Sequence);
        w.Write(x.Numero);
        w.Write(x.Kind.ToString());
        w.Write(life.State.ToString());
        w.Write(life.Since);
        w.Write(x.Firm.Id);
        NullValue(w, x.Body);
        Null(w, x.Firm.OpcoSlug);
        w.Write((x.Firm.OpcoSlug is null ? OpcoOrigin.None : OpcoOrigin.Idcc).ToString());
        w.Write((x.Firm.OpcoSlug is null ? OpcoConfidence.Inconnue : OpcoConfidence.Certain).ToString());
        w.Write(x.Title);
        w.Write("Être autonome à la fin de l’action, et le montrer par une mise en situation évaluée.");
        w.Write("Positionnement, apports, exercices, évaluation.");
        w.Write("");
        w.Write(x.Start);
        w.Write(x.End);
        w.Write(x.Hours);
        w.Write(Modality.Presentiel.ToString());
        w.Write("");
        w.Write(x.Firm.City);
        w.Write(x.Cost);
        w.Write(false);
        w.Write(x.Cost);
        NullValue(w, x.Granted);
        NullValue(w, x.Granted is null ? (decimal?)null : x.Hours);
        Null(w, x.Granted is null ? null : PaymentCircuit.Subrogation.ToString());
        NullValue(w, x.Granted is { } granted ? x.Cost - granted : (decimal?)null);
        Null(w, x.Granted is null ? null : $"A{x.Year}{x.Sequence}");
        NullValue(w, life.DecidedAt is { } decided ? Fr.InParis(decided) : (DateOnly?)null);
        Null(w, life.RefusalCode);
        Null(w, life.RefusalCode is null ? null : "");
        Null(w, life.FiledAt is null ? null : $"REF-{x.Year}-{x.Sequence}");
        NullValue(w, life.FiledAt);
        NullValue(w, x.Firm.OpcoSlug is null ? (DateOnly?)null : x.Start.AddDays(-(x.Firm.OpcoSlug.Length % 4 * 7)));
        w.Write("Service des ressources humaines");
        w.Write("rh@" + x.Firm.Domain);
        w.Write("");
        w.Write(x.Id.ToString("N"));
        w.Write(false);
        w.Write(true);
        w.Write(x.Created);
        w.Write(life.Since);
        w.Write(" " + SearchText.Of([x.Numero.Replace("-", "", StringComparison.Ordinal), x.Numero, x.Title, x.Firm.Name, x.Firm.Siret, x.Firm.OpcoName, .. x.People.Select(p => $"{p.First} {p.Last}")]));
        w.Write(x.Firm.Name);
        Null(w, x.Firm.OpcoName);
        w.Write($"{x.People[0].Last} {x.People[0].First}");
        w.Write(x.People.Length);
        NullValue(w, x.Responsable?.Id);
        Null(w, x.Responsable?.Name);
    }

    private static IEnumerable<(Guid Id, Row Row, DateTimeOffset At, string Kind, string Text)> Events(Row x)
    {
        yield return (Spread(x, 1), x, x.Created, DossierEventKinds.Created, $"Dossier {x.Numero} créé : {x.Title}.");
        if (x.Life.FiledAt is { } filed)
        {
            yield return (Spread(x, 2), x, filed, DossierEventKinds.Deposited, $"Demande déposée auprès de l’OPCO sous la référence REF-{x.Year}-{x.Sequence}.");
        }

        if (x.Life.State != DossierState.Brouillon)
        {
            yield return (Spread(x, 3), x, x.Life.Since, DossierEventKinds.StateChanged, $"Le dossier passe à l’état « {DossierStates.Label(x.Life.State)} ».");
        }
    }

    private static (string Code, string Title, double Days, string[] Outcomes)? TaskOf(Row x) => x.Life.State switch
    {
        DossierState.Brouillon => ("valider-demande", "Valider la demande", 2, ["Valider", "Demander des compléments", "Refuser"]),
        DossierState.PiecesManquantes => ("completer-avant-depot", "Compléter le dossier avant le dépôt", 10, ["Contrôler à nouveau", "Abandonner"]),
        DossierState.PretAuDepot => ("depot-assiste", "Déposer la demande sur le portail de l’OPCO", 3, ["Déposé", "Abandonner"]),
        DossierState.EnInstruction => ("saisir-decision", "Saisir la réponse de l’OPCO", 30, ["Accordé", "Complément demandé", "Refusé", "Toujours en instruction"]),
        DossierState.ComplementDemande => ("repondre-complement", "Répondre au complément demandé par l’OPCO", 5, ["Répondre par le robot", "Déjà répondu à la main"]),
        _ => null,
    };

    // Further ids of the same dossier, without drawing: what is left out changes nothing of what follows.
    private static Guid Spread(Row x, int what)
    {
        var bytes = x.Id.ToByteArray(bigEndian: true);
        bytes[15] ^= (byte)(what * 37);
        bytes[14] ^= (byte)what;
        return new Guid(bytes, bigEndian: true);
    }

    private static async Task CopyAsync<T>(NpgsqlConnection connection, string target, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"copy {target} from stdin (format binary)", cancellationToken);
        foreach (var row in rows)
        {
            writer.StartRow();
            write(writer, row);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    private static void Null(NpgsqlBinaryImporter writer, string? text)
    {
        if (text is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.Write(text);
        }
    }

    private static void NullValue<T>(NpgsqlBinaryImporter writer, T? value)
        where T : struct
    {
        if (value is { } known)
        {
            writer.Write(known);
        }
        else
        {
            writer.WriteNull();
        }
    }

    private static async Task<int> FirstSirenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // SIREN that begin with 0 are given to nobody; a company of an earlier run that has real dossiers keeps its number.
        await using var command = new NpgsqlCommand("select coalesce(max(left(siren, 8))::int + 1, 100000) from companies where is_generated", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<(string, string)>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }

    private static string Complete(string digits) => digits + Enumerable.Range(0, 10).First(key => (digits + key).Reverse().Select((c, i) => ((i % 2) + 1) * (c - '0') is var d && d > 9 ? d - 9 : d).Sum() % 10 == 0);
}
