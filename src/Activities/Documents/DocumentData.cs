using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Integrations.Templates;

namespace MonOPCO.Activities.Documents;

/// <summary>
/// The plain data that the document templates read (<c>templates/documents/exemples</c> shows the shape): one source for all documents of a dossier, so that
/// devis, programme, convention and list cannot disagree on hours, dates, names or amounts.
/// </summary>
public sealed class DocumentData(MonOpcoDbContext db, RuleBook rules)
{
    public async Task<JsonObject> BuildAsync(Guid dossierId, string prefix, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires)
            .SingleAsync(x => x.Id == dossierId, cancellationToken);
        var body = dossier.TrainingBody ?? throw new RuleBrokenException("training-body-missing", "Le dossier n'a pas d'organisme de formation : choisissez-en un avant d'établir les documents.");
        var company = dossier.Company!;
        var today = Fr.InParis(now);
        var people = dossier.Beneficiaires.OrderBy(x => x.Position).ToList();
        var opco = dossier.OpcoSlug is null ? null : await db.Opcos.AsNoTracking().SingleAsync(x => x.Slug == dossier.OpcoSlug, cancellationToken);
        var threshold = (int)await rules.RequireNumberAsync(RuleCodes.HeadcountThreshold, dossier.StartDate, cancellationToken);
        var answerDays = (int)await rules.RequireNumberAsync(RuleCodes.EmployeeAnswerDays, today, cancellationToken);
        var validity = (int)await rules.RequireNumberAsync(RuleCodes.QuoteValidityDays, today, cancellationToken);

        string Text(string code) => DatedTexts.Text(code, dossier.Kind, today);
        JsonNode Value(string code) => DatedTexts.Value(code, dossier.Kind, today);
        var moyens = Value("moyens").AsObject();
        if (dossier.Modality != Modality.Presentiel)
        {
            moyens["distance"] = dossier.ModalityDetail.Length > 0 ? dossier.ModalityDetail : Text("moyens.distance");
        }

        return new JsonObject
        {
            ["organisme"] = Organisme(body),
            ["mentions"] = Mentions(dossier, body, Text),
            ["dossier"] = new JsonObject { ["numero"] = dossier.Numero },
            ["document"] = new JsonObject
            {
                ["numero"] = $"{prefix}-{dossier.Numero}",
                ["date"] = Iso(today),
                ["lieu"] = body.City,
                ["valideJusquau"] = Iso(today.AddDays(validity)),
                ["transmiseLe"] = Iso(today),
                ["limiteReponse"] = Iso(today.AddDays(answerDays)),
                ["delaiReponseJours"] = answerDays,
            },
            ["entreprise"] = new JsonObject
            {
                ["nom"] = company.Name,
                ["adresse"] = company.Address,
                ["codePostal"] = company.PostalCode,
                ["ville"] = company.City,
                ["siret"] = company.Siret,
                ["representant"] = dossier.ContactName,
                ["qualite"] = "représentant l'entreprise",
            },
            ["opco"] = new JsonObject { ["nom"] = OpcoName(opco) },
            ["action"] = Action(dossier, Value("action.defaut").AsObject(), Text("action.nature")),
            ["beneficiaires"] = new JsonArray([.. people.Select(Person)]),
            ["beneficiaire"] = people.Count == 0 ? null : Person(people[0]),
            ["phases"] = dossier.Kind == DossierKind.Bilan ? Phases(Value("bilan.phases").AsArray(), dossier) : new JsonArray(),
            ["sequences"] = Sequences(dossier),
            ["moyens"] = moyens,
            ["intervenants"] = new JsonArray(new JsonObject
            {
                ["fonction"] = dossier.Kind == DossierKind.Bilan ? "Consultant" : "Formateur",
                ["nom"] = dossier.TrainerName.Length > 0 ? dossier.TrainerName : body.RepresentativeName,
                ["qualification"] = Text("intervenant.qualification"),
            }),
            ["evaluation"] = Value("evaluation"),
            ["accessibilite"] = new JsonObject { ["texte"] = Text("accessibilite"), ["referent"] = body.HandicapContact, ["contact"] = body.Email },
            ["lignes"] = Lines(dossier, people.Count),
            ["prix"] = Price(dossier, body, Text("prix.reglement")),
            ["financement"] = new JsonObject
            {
                ["texte"] = FinancingEstimator.IsAbove(company, threshold)
                    ? Text("financement.fonds-propres").Replace("{seuil}", Fr.Number(threshold), StringComparison.Ordinal)
                    : Text("financement").Replace("{opco}", OpcoName(opco), StringComparison.Ordinal),
            },
            ["clauses"] = Value("clauses"),
            ["mandat"] = new JsonObject
            {
                ["fin"] = Iso(dossier.EndDate.AddYears(1)),
                ["duree"] = Text("mandat.duree"),
                ["demarches"] = Value("mandat.demarches"),
            },
            ["signataires"] = Signers(prefix, dossier, body, people),
        };
    }

    /// <summary>What head and foot of a page need, for a document of no dossier.</summary>
    public async Task<JsonObject> ForBodyAsync(DateOnly today, CancellationToken cancellationToken)
    {
        var body = await db.TrainingBodies.AsNoTracking().OrderBy(x => x.Slug != "netz").FirstAsync(cancellationToken);
        var registration = DatedTexts.Text("mentions.enregistrement", DossierKind.Formation, today).Replace("{nda}", FrenchFormats.Nda(body.Nda), StringComparison.Ordinal).Replace("{region}", body.NdaRegion, StringComparison.Ordinal);
        return new JsonObject { ["organisme"] = Organisme(body), ["mentions"] = new JsonObject { ["enregistrement"] = registration } };
    }

    /// <summary>« l'OPCO Atlas », whatever the name begins with.</summary>
    internal static string OpcoName(Opco? opco)
    {
        if (opco is null)
        {
            return "l'OPCO";
        }

        var name = opco.Name.StartsWith("OPCO ", StringComparison.OrdinalIgnoreCase) ? opco.Name[5..] : opco.Name;
        return "l'OPCO " + name;
    }

    /// <summary>Splits the hours by the given parts, to the half hour; the last phase takes what is left, so that the sum is exact.</summary>
    internal static decimal[] Split(decimal hours, IReadOnlyList<decimal> parts)
    {
        var result = new decimal[parts.Count];
        var left = hours;
        for (var i = 0; i < parts.Count - 1; i++)
        {
            result[i] = Math.Min(left, Math.Round(hours * parts[i] * 2, MidpointRounding.AwayFromZero) / 2);
            left -= result[i];
        }

        result[^1] = left;
        return result;
    }

    private static JsonObject Organisme(TrainingBody body) => new()
    {
        ["nom"] = body.Name,
        ["adresse"] = body.Address,
        ["codePostal"] = body.PostalCode,
        ["ville"] = body.City,
        ["siret"] = body.Siret,
        ["nda"] = body.Nda,
        ["representant"] = body.RepresentativeName,
        ["qualite"] = body.RepresentativeRole,
        ["qualiopi"] = new JsonObject
        {
            ["numero"] = body.QualiopiNumber,
            ["categories"] = Categories(body),
            ["du"] = body.QualiopiFrom is { } from ? Iso(from) : null,
            ["au"] = body.QualiopiTo is { } to ? Iso(to) : null,
        },
    };

    private static JsonObject Mentions(Dossier dossier, TrainingBody body, Func<string, string> text) => new()
    {
        ["enregistrement"] = text("mentions.enregistrement").Replace("{nda}", FrenchFormats.Nda(body.Nda), StringComparison.Ordinal).Replace("{region}", body.NdaRegion, StringComparison.Ordinal),
        ["tva"] = text("mentions.tva." + body.VatStatus),
        ["signature"] = text("mentions.signature"),
        ["niveauSignature"] = text("mentions.niveauSignature"),
        ["qualiopi"] = text("mentions.qualiopi").Replace("{categories}", Categories(body), StringComparison.Ordinal),
        ["articlesConvention"] = text("mentions.articlesConvention"),
        ["articleBilan"] = text("mentions.articleBilan"),
        ["articlePhases"] = text("mentions.articlePhases"),
        ["articleSecret"] = text("mentions.articleSecret"),
        ["destruction"] = text("mentions.destruction"),
    };

    private static string Categories(TrainingBody body) => string.Join(" et ", body.QualiopiCategories.Select(x => x switch
    {
        "AF" => "actions de formation",
        "BC" => "bilans de compétences",
        "VAE" => "actions de validation des acquis de l'expérience",
        "CFA" => "actions de formation par apprentissage",
        _ => x,
    }));

    private static JsonObject Action(Dossier dossier, JsonObject defaults, string nature)
    {
        var action = new JsonObject
        {
            ["intitule"] = dossier.Title,
            ["nature"] = nature,
            ["debut"] = Iso(dossier.StartDate),
            ["fin"] = Iso(dossier.EndDate),
            ["heures"] = dossier.Hours,
            // Every hour of our bilans is spent with the consultant; personal work comes on top and is not sold.
            ["heuresAccompagnement"] = dossier.Hours,
            ["modalite"] = dossier.Modality switch
            {
                Modality.Presentiel => "En présentiel",
                Modality.Distanciel => "À distance, en classe virtuelle",
                Modality.Mixte => "Mixte (présentiel et visioconférence)",
                _ => throw new ArgumentOutOfRangeException(nameof(dossier)),
            },
            ["lieu"] = dossier.Place.Length > 0 ? dossier.Place : "À convenir avec l'entreprise",
            ["objectifs"] = new JsonArray([.. TextLines(dossier.Objectives).DefaultIfEmpty(dossier.Title).Select(x => JsonValue.Create(x))]),
        };
        foreach (var (name, value) in defaults)
        {
            action[name] = value?.DeepClone();
        }

        return action;
    }

    private static JsonObject Person(Beneficiaire person) => new()
    {
        ["nom"] = person.LastName,
        ["prenom"] = person.FirstName,
        ["naissance"] = Iso(person.BirthDate),
        ["emploi"] = person.Job,
        ["contrat"] = ContractLabel(person.Contract),
        ["categorie"] = CategoryLabel(person.Category),
        ["transmissionCep"] = false,
    };

    public static string ContractLabel(ContractKind contract) => contract switch
    {
        ContractKind.Cdi => "CDI",
        ContractKind.Cdd => "CDD",
        ContractKind.Interim => "Intérim",
        ContractKind.Alternance => "Alternance",
        ContractKind.Autre => "Autre",
        _ => throw new ArgumentOutOfRangeException(nameof(contract)),
    };

    public static string CategoryLabel(Csp category) => category switch
    {
        Csp.Ouvrier => "Ouvrier",
        Csp.Employe => "Employé",
        Csp.TechnicienAgentDeMaitrise => "Technicien ou agent de maîtrise",
        Csp.IngenieurCadre => "Ingénieur ou cadre",
        Csp.Dirigeant => "Dirigeant",
        _ => throw new ArgumentOutOfRangeException(nameof(category)),
    };

    private static JsonArray Phases(JsonArray models, Dossier dossier)
    {
        var hours = Split(dossier.Hours, [.. models.Select(x => x!["part"]!.GetValue<decimal>())]);
        return new JsonArray([.. models.Select((model, i) => new JsonObject
        {
            ["titre"] = model!["titre"]!.DeepClone(),
            ["periode"] = Period(dossier),
            ["contenu"] = model["contenu"]!.DeepClone(),
            ["outils"] = model["outils"]!.DeepClone(),
            ["heures"] = hours[i],
        })]);
    }

    private static string Period(Dossier dossier) => $"entre le {Fr.Date(dossier.StartDate)} et le {Fr.Date(dossier.EndDate)}";

    private static JsonArray Sequences(Dossier dossier) => new(new JsonObject
    {
        ["titre"] = dossier.Title,
        ["contenu"] = new JsonArray([.. TextLines(dossier.Content).DefaultIfEmpty("Contenu adapté aux objectifs ci-dessus").Select(x => JsonValue.Create(x))]),
        ["heures"] = dossier.Hours,
    });

    private static JsonArray Lines(Dossier dossier, int people)
    {
        var label = dossier.Kind == DossierKind.Bilan ? "Bilan de compétences" : $"Formation « {dossier.Title} »";
        label += people > 1 ? $", {people} personnes" : ", une personne";
        var perHour = dossier.HourlyRateHt is not null;
        var quantity = perHour ? dossier.Hours * (dossier.RatePerTrainee ? people : 1) : 1;
        return new JsonArray(new JsonObject
        {
            ["designation"] = label,
            ["quantite"] = quantity,
            ["unite"] = perHour ? "h" : "forfait",
            ["prixUnitaire"] = dossier.HourlyRateHt ?? dossier.CostHt,
            ["montant"] = dossier.CostHt,
        });
    }

    private static JsonObject Price(Dossier dossier, TrainingBody body, string terms)
    {
        var vat = Math.Round(dossier.CostHt * body.VatRate / 100, 2, MidpointRounding.AwayFromZero);
        return new JsonObject
        {
            ["ht"] = dossier.CostHt,
            ["exonere"] = body.VatStatus != VatStatus.Assujetti,
            ["tauxTva"] = body.VatRate,
            ["tva"] = vat,
            ["ttc"] = dossier.CostHt + vat,
            ["acompte"] = null,
            ["reglement"] = terms,
        };
    }

    private static JsonArray Signers(string prefix, Dossier dossier, TrainingBody body, List<Beneficiaire> people)
    {
        static JsonObject Signer(string party, string name, string role, string? mention) => new() { ["partie"] = party, ["nom"] = name, ["qualite"] = role, ["mention"] = mention };
        var signers = new JsonArray();
        if (prefix is not "D")
        {
            signers.Add(Signer("Pour l'organisme", body.RepresentativeName, body.RepresentativeRole, prefix == "MD" ? "Bon pour acceptation du mandat" : null));
        }

        signers.Add(Signer("Pour l'entreprise", dossier.ContactName, "représentant l'entreprise", prefix == "MD" ? "Bon pour mandat" : "Bon pour accord"));
        if (prefix == "CV" && dossier.Kind == DossierKind.Bilan && people.Count > 0)
        {
            signers.Add(Signer("Le salarié", people[0].FullName, "bénéficiaire", "Lu et approuvé"));
        }

        return signers;
    }

    private static IEnumerable<string> TextLines(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(x => x.TrimStart('-', '•', '*', ' '));

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
