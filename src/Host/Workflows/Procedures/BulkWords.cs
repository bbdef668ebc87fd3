using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>How far a migration of many instances is, in a sentence.</summary>
internal static class BulkWords
{
    public static string Of(BulkMigration bulk) => (bulk.UndoOf, bulk.IsPreview, bulk.IsFinished) switch
    {
        (_, true, true) => $"{Fr.Number(bulk.Possible)} exécution(s) sur {Fr.Number(bulk.Looked)} peuvent passer à cette version.",
        (_, true, false) => $"Aperçu en cours : {Fr.Number(bulk.Looked)} exécution(s) sur {Fr.Number(bulk.Total)} sont examinées. Il continue de lui-même : rechargez la page pour voir la suite.",
        (null, false, true) => $"{Fr.Number(bulk.Possible)} exécution(s) migrée(s)" + (bulk.Refused == 0 ? "." : $", {Fr.Number(bulk.Refused)} laissée(s) dans leur version."),
        (null, false, false) => $"Migration en cours : {Fr.Number(bulk.Possible)} exécution(s) migrée(s), {Fr.Number(bulk.Refused)} laissée(s), sur {Fr.Number(bulk.Total)}. Elle continue d’elle-même : rechargez la page pour voir la suite.",
        (_, false, true) => $"{Fr.Number(bulk.Possible)} exécution(s) revenue(s) à la version d’origine" + (bulk.Refused == 0 ? "." : $", {Fr.Number(bulk.Refused)} gardent la nouvelle version : {string.Join(" ", bulk.Problems.Take(5).Select(x => x.Key)).Curly()}"),
        (_, false, false) => $"Retour en cours : {Fr.Number(bulk.Looked)} exécution(s) sur {Fr.Number(bulk.Total)}. Il continue de lui-même : rechargez la page pour voir la suite.",
    };
}
