namespace MonOPCO.Domain.Companies;

/// <summary>What is known of a company when its OPCO is looked for. <paramref name="SiroOpco"/>: Slug found under the SIRET in the table of France compétences, when that table is at hand.</summary>
public sealed record OpcoQuestion(IReadOnlyList<string> Idcc, string? Naf, string? LegalCategory = null, string? Department = null, int? Headcount = null, string? HeadcountBand = null, string? SiroOpco = null);

/// <summary>The answer with its grounds in French. <paramref name="Opco"/> is null when nothing may be said; <paramref name="Candidates"/> then helps a person choose.</summary>
public sealed record OpcoAnswer(string? Opco, OpcoOrigin Origin, OpcoConfidence Confidence, string Explanation, IReadOnlyList<string> Candidates, IReadOnlyList<string> Notes, string Source);

/// <summary>Which OPCO a company belongs to (facts §2.2): SIRET table, then collective agreement, then the activity code as a mere suggestion.</summary>
public sealed class OpcoResolver(RuleBook rules)
{
    private readonly OpcoTables _tables = OpcoTables.Shipped;

    /// <summary><paramref name="on"/>: the day whose thresholds apply, normally the start of the training.</summary>
    public async Task<OpcoAnswer> ResolveAsync(OpcoQuestion question, DateOnly on, CancellationToken cancellationToken)
    {
        var notes = Notes(question);
        if (question.SiroOpco is { } siro)
        {
            return new OpcoAnswer(siro, OpcoOrigin.Siro, OpcoConfidence.Certain, "Rattachement publié par France compétences pour ce SIRET.", [siro], notes, "France compétences, Table SIRET-OPCO");
        }

        if (question.LegalCategory?.StartsWith('7') == true)
        {
            return None("Employeur de droit public : il ne dépend en principe d’aucun OPCO (CNFPT, ANFH ou autre organisme). À vérifier avec l’employeur.", notes);
        }

        var limit = (int)await rules.RequireNumberAsync(RuleCodes.SmallBuildingHeadcount, on, cancellationToken);
        return FromIdcc(question, limit, notes) ?? FromNaf(question, notes);
    }

    /// <summary>Four digits, left-padded.</summary>
    public static string NormalizeIdcc(string idcc) => idcc.Trim().PadLeft(4, '0');

    /// <summary>With its dot: « 6202A » and « 62.02a » become « 62.02A ».</summary>
    public static string NormalizeNaf(string naf)
    {
        var code = naf.Replace(".", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
        return code.Length > 2 ? $"{code[..2]}.{code[2..]}" : code;
    }

    private OpcoAnswer? FromIdcc(OpcoQuestion question, int buildingLimit, List<string> notes)
    {
        var rows = new List<IdccRow>();
        foreach (var idcc in question.Idcc.Select(NormalizeIdcc).Distinct())
        {
            if (!_tables.Idcc.TryGetValue(idcc, out var row))
            {
                notes.Add($"La convention collective IDCC {idcc} est absente de la table de correspondance.");
            }
            else if (row.Status == IdccStatus.Echappatoire)
            {
                notes.Add($"Le code {idcc} signifie « aucune convention » : il ne désigne aucun OPCO.");
            }
            else
            {
                rows.AddRange(Replacements(row));
            }
        }

        var opcos = rows.SelectMany(row => row.Opcos).Distinct().ToArray();
        if (opcos.Length == 0)
        {
            return null;
        }

        var names = string.Join(", ", rows.Select(row => $"IDCC {row.Idcc} ({row.Label})").Distinct());
        const string source = "France compétences, Table SIRET-OPCO, juin 2026 (par convention collective)";
        if (rows.Any(row => row.Status == IdccStatus.Partage) && rows.Select(row => row.Opco).Distinct().Count() == 1)
        {
            return new OpcoAnswer(rows[0].Opco, OpcoOrigin.Idcc, OpcoConfidence.AConfirmer, $"{names} : convention partagée entre plusieurs OPCO. Le plus fréquent est proposé, à confirmer.", opcos, notes, source);
        }

        if (rows.Select(row => row.Opco).Distinct().Count() > 1)
        {
            return new OpcoAnswer(null, OpcoOrigin.Idcc, OpcoConfidence.AConfirmer, $"Plusieurs conventions collectives mènent à des OPCO différents : {names}. Choisissez celle des salariés concernés.", opcos, notes, source);
        }

        var incoherent = IsBuildingIncoherent(question, rows, buildingLimit, notes);
        var old = rows.Any(row => row.Status == IdccStatus.Ancien || row.ReplacedBy.Length > 0);
        var confidence = incoherent ? OpcoConfidence.AConfirmer : OpcoConfidence.Forte;
        var explanation = old ? $"{names} : convention ancienne, rattachée à cet OPCO." : $"Convention collective {names} : rattachement quasi certain.";
        return new OpcoAnswer(rows[0].Opco, OpcoOrigin.Idcc, confidence, explanation, opcos, notes, source);
    }

    /// <summary>An agreement that was merged away answers through those that replaced it, when they are known.</summary>
    private IEnumerable<IdccRow> Replacements(IdccRow row)
    {
        var found = row.Status == IdccStatus.Ancien ? row.ReplacedBy.Select(x => _tables.Idcc.GetValueOrDefault(x)).OfType<IdccRow>().ToArray() : [];
        return found.Length > 0 ? found : [row];
    }

    private OpcoAnswer FromNaf(OpcoQuestion question, List<string> notes)
    {
        if (string.IsNullOrWhiteSpace(question.Naf))
        {
            return None("Ni convention collective ni code d’activité connus : demandez à l’entreprise sa convention (bulletin de paie).", notes);
        }

        var naf = NormalizeNaf(question.Naf);
        if (_tables.FindNaf(naf) is not { } row)
        {
            return None($"Le code d’activité {naf} n’oriente vers aucun OPCO : demandez à l’entreprise sa convention collective.", notes);
        }

        if (row.Opco is null)
        {
            return None($"Activité {naf} : {row.Source}. Demandez à l’entreprise sa convention collective.", notes);
        }

        var share = row.Share is { } part ? $", {Fr.Number(Math.Round(part * 100))} % des établissements observés" : "";
        return new OpcoAnswer(
            row.Opco,
            OpcoOrigin.Naf,
            OpcoConfidence.AConfirmer,
            $"Suggestion d’après l’activité {naf} (fiabilité {row.Reliability}{share}). À confirmer par la convention collective.",
            [row.Opco],
            notes,
            $"Table MonOPCO par activité : {row.Source}");
    }

    private static OpcoAnswer None(string explanation, List<string> notes) => new(null, OpcoOrigin.None, OpcoConfidence.Inconnue, explanation, [], notes, "");

    private static List<string> Notes(OpcoQuestion question)
    {
        var notes = new List<string>();
        if (question.Department is { Length: >= 3 } department && (department.StartsWith("97", StringComparison.Ordinal) || department.StartsWith("98", StringComparison.Ordinal)))
        {
            notes.Add("Outre-mer : la demande est en général gérée par AKTO pour le compte de l’OPCO de rattachement.");
        }

        return notes;
    }

    /// <summary>Building workers have two agreements according to the headcount: 1596 up to ten, 1597 above.</summary>
    private static bool IsBuildingIncoherent(OpcoQuestion question, List<IdccRow> rows, int limit, List<string> notes)
    {
        var small = rows.Any(row => row.Idcc == "1596");
        var large = rows.Any(row => row.Idcc == "1597");
        if (small == large)
        {
            return false;
        }

        var (min, max) = question.Headcount is { } exact ? (exact, exact) : HeadcountBand.Range(question.HeadcountBand) is { } band ? (band.Min, band.Max ?? int.MaxValue) : (0, int.MaxValue);
        var incoherent = small ? min > limit : max <= limit;
        if (incoherent)
        {
            notes.Add($"L’effectif ne correspond pas à la convention du bâtiment déclarée (IDCC 1596 jusqu’à {Fr.Number(limit)} salariés, 1597 au-delà) : à vérifier avec l’entreprise.");
        }

        return incoherent;
    }
}
