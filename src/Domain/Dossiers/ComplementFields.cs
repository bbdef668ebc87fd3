using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>
/// A value of the dossier that an answer speaks of. <paramref name="Name"/>: the field (for a beneficiary's, with the person's id). <paramref name="New"/>: as read in the
/// company's words; the old value when nothing could be read there.
/// </summary>
public sealed record FieldProposal(string Name, string Label, string Old, string New, bool Long = false);

/// <summary>From the answer that a company typed to the fields of its dossier: proposed old → new, and written once a person has looked.</summary>
public sealed partial class ComplementFields(MonOpcoDbContext db, DossierService dossiers, CompanyService companies)
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    /// <summary>Nothing for a document, and for a request in free words: no field is meant. Company and beneficiaries of <paramref name="dossier"/> must be loaded.</summary>
    public static IReadOnlyList<FieldProposal> Propose(Complement complement, Dossier dossier)
    {
        if (complement is not { Target: ComplementTarget.Field, AnswerText: { } answer })
        {
            return [];
        }

        var dates = Dates().Matches(answer).Select(x => x.Value).ToList();
        string DateOr(int index, DateOnly old) => index < dates.Count && TryDate(dates[index], out var date) ? Fr.Date(date) : Fr.Date(old);
        string NumberOr(string old) => Numbers().Match(answer) is { Success: true } match && TryNumber(match.Value, out var number) ? Fr.Number(number) : old;
        return complement.Key switch
        {
            "objectives" => [new("objectives", "Objectifs", dossier.Objectives, answer, true)],
            "content" => [new("content", "Contenu", dossier.Content, answer, true)],
            "trainerName" => [new("trainerName", "Nom de l’intervenant", dossier.TrainerName, answer)],
            "modalityDetail" => [new("modalityDetail", "À distance : assistance et évaluation", dossier.ModalityDetail, answer, true)],
            "dates" => [new("startDate", "Date de début", Fr.Date(dossier.StartDate), DateOr(0, dossier.StartDate)), new("endDate", "Date de fin", Fr.Date(dossier.EndDate), DateOr(1, dossier.EndDate))],
            "hours" => [new("hours", "Durée en heures", Fr.Number(dossier.Hours), NumberOr(Fr.Number(dossier.Hours)))],
            "costHt" => [new("costHt", "Coût hors taxes", Fr.Number(dossier.CostHt), NumberOr(Fr.Number(dossier.CostHt)))],
            "declaredHeadcount" => [new("declaredHeadcount", "Effectif déclaré", dossier.Company!.DeclaredHeadcount is { } known ? Fr.Number(known) : "", NumberOr(""))],
            "idcc" => [new("idcc", "Convention collective (IDCC)", string.Join(", ", dossier.Company!.Idcc), Idcc().Match(answer) is { Success: true } idcc ? idcc.Value.PadLeft(4, '0') : string.Join(", ", dossier.Company.Idcc))],
            "birthDate" => People(dossier, answer, "birthDate", "Date de naissance", x => Fr.Date(x.BirthDate), (_, old) => dates.Count > 0 && TryDate(dates[0], out var date) ? Fr.Date(date) : old),
            "email" => People(dossier, answer, "email", "Adresse électronique", x => x.Email, (_, old) => Emails().Match(answer) is { Success: true } email ? email.Value : old),
            _ => [],
        };
    }

    /// <summary>Writes what a person has read and accepted, each change with its audit; says it on the timeline. A French sentence refuses what cannot be read.</summary>
    public Task ApplyAsync(Guid complementId, IReadOnlyDictionary<string, string> values, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var complement = await db.Complements.SingleAsync(x => x.Id == complementId, cancellationToken);
            var dossier = await db.Dossiers.Include(x => x.Company).Include(x => x.Beneficiaires).SingleAsync(x => x.Id == complement.DossierId, cancellationToken);
            var because = change with { Reason = $"Réponse au complément « {complement.Label} »" };
            var edit = new EditDossier();
            var said = new List<string>();
            foreach (var proposal in Propose(complement, dossier))
            {
                var typed = values.GetValueOrDefault(proposal.Name, proposal.Old).Trim();
                if (typed == proposal.Old || typed.Length == 0)
                {
                    continue;
                }

                var (field, person) = proposal.Name.Split(':') is [var name, var id] ? (name, dossier.Beneficiaires.Single(x => x.Id == Guid.Parse(id))) : (proposal.Name, null);
                switch (field)
                {
                    case "objectives": edit = edit with { Objectives = typed }; break;
                    case "content": edit = edit with { Content = typed }; break;
                    case "trainerName": edit = edit with { TrainerName = typed }; break;
                    case "modalityDetail": edit = edit with { ModalityDetail = typed }; break;
                    case "startDate": edit = edit with { StartDate = DateOf(proposal, typed) }; break;
                    case "endDate": edit = edit with { EndDate = DateOf(proposal, typed) }; break;
                    case "hours": edit = edit with { Hours = NumberOf(proposal, typed) }; break;
                    case "costHt":
                        // What was asked of the OPCO follows the cost when it was the whole of it.
                        var cost = NumberOf(proposal, typed);
                        edit = edit with { CostHt = cost, RequestedAmount = dossier.RequestedAmount == dossier.CostHt ? cost : Math.Min(cost, dossier.RequestedAmount) };
                        break;
                    case "declaredHeadcount": await companies.DeclareHeadcountAsync(dossier.CompanyId, (int)NumberOf(proposal, typed), because, cancellationToken); break;
                    case "idcc":
                        var company = await companies.DeclareIdccAsync(dossier.CompanyId, typed, because, cancellationToken);
                        if (dossier.OpcoOrigin != OpcoOrigin.Manual && dossier.OpcoSlug != company.OpcoSlug)
                        {
                            await dossiers.SetOpcoAsync(dossier.Id, company.OpcoSlug, company.OpcoOrigin, company.OpcoConfidence, because, cancellationToken);
                        }

                        break;
                    case "birthDate": await dossiers.EditBeneficiaireAsync(dossier.Id, person!.Id, DateOf(proposal, typed), null, because, cancellationToken); break;
                    case "email": await dossiers.EditBeneficiaireAsync(dossier.Id, person!.Id, null, typed, because, cancellationToken); break;
                    default: throw new InvalidOperationException($"Unknown field {field}.");
                }

                // Personal values stay out of the timeline, as they stay out of the audit.
                said.Add(person is not null ? proposal.Label : proposal.Long ? proposal.Label : $"{proposal.Label} ({(proposal.Old.Length == 0 ? "vide" : proposal.Old)} → {typed})");
            }

            if ((edit.EndDate ?? dossier.EndDate) < (edit.StartDate ?? dossier.StartDate))
            {
                throw new RuleBrokenException("complement-dates", "Dates de la réponse : la fin ne peut pas précéder le début.");
            }

            if (edit != new EditDossier())
            {
                await dossiers.EditAsync(dossier.Id, edit, because, cancellationToken);
            }

            if (said.Count > 0)
            {
                await dossiers.AddEventAsync(dossier.Id, DossierEventKinds.Edited, $"Réponse de l’entreprise reportée dans le dossier : {string.Join(", ", said)}.", change, cancellationToken);
            }

            return said.Count;
        },
        cancellationToken);

    // Of several people the one whose name is in the answer is meant; a person who reads it can say otherwise.
    private static IReadOnlyList<FieldProposal> People(Dossier dossier, string answer, string field, string label, Func<Beneficiaire, string> old, Func<Beneficiaire, string, string> read)
    {
        var words = SearchText.Of(answer);
        return [.. dossier.Beneficiaires.OrderBy(x => x.Position).Select(x => new FieldProposal(
            $"{field}:{x.Id}", $"{label} de {x.FullName}", old(x), dossier.Beneficiaires.Count == 1 || words.Contains(SearchText.Of(x.LastName), StringComparison.Ordinal) ? read(x, old(x)) : old(x)))];
    }

    private static DateOnly DateOf(FieldProposal proposal, string typed) =>
        TryDate(typed, out var date) ? date : throw new RuleBrokenException("complement-value", $"{proposal.Label} : indiquez une date qui existe, par exemple 03/02/2026.");

    private static decimal NumberOf(FieldProposal proposal, string typed) =>
        TryNumber(typed, out var number) && number > 0 ? number : throw new RuleBrokenException("complement-value", $"{proposal.Label} : indiquez un nombre supérieur à zéro.");

    private static bool TryDate(string text, out DateOnly date) => DateOnly.TryParseExact(text.Trim(), ["d/M/yyyy", "yyyy-MM-dd", "d.M.yyyy"], French, DateTimeStyles.None, out date);

    private static bool TryNumber(string text, out decimal number)
    {
        var plain = new string([.. text.Where(c => !char.IsWhiteSpace(c) && c != '€')]).Replace('.', ',');
        return decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, French, out number);
    }

    [GeneratedRegex(@"\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")]
    private static partial Regex Dates();

    [GeneratedRegex(@"\d+(?:\s\d{3})*(?:[.,]\d{1,2})?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b\d{3,4}\b")]
    private static partial Regex Idcc();

    [GeneratedRegex(@"[^\s<>,;:]+@[^\s<>,;:]+\.[A-Za-z]{2,}")]
    private static partial Regex Emails();
}
