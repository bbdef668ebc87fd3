using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using MonOPCO.Domain.Audit;
using MonOPCO.Host.Infrastructure;

namespace MonOPCO.Host.Audit;

/// <summary>Rows of the audit for a French spreadsheet, sent as they are read.</summary>
internal sealed class AuditCsv(IAsyncEnumerable<AuditLine> lines, string name) : IActionResult
{
    private static readonly string[] Head =
        ["N°", "Le", "Nature", "Par", "Pour", "Objet", "Identifiant", "Dossier", "Action", "Propriétés", "Avant", "Après", "Motif", "Requête", "Scellée"];

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        var cancellationToken = context.HttpContext.RequestAborted;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = name }.ToString();
        response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 32 * 1024, leaveOpen: true);
        await writer.WriteAsync(Csv.Line(Head));
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(Csv.Line(
            [
                $"{line.Id}", line.At.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture), AuditLabels.Kind(line.ActorKind), line.Actor, line.OnBehalfOf ?? "", AuditLabels.Subject(line.Subject), line.SubjectId,
                line.DossierNumber ?? "", AuditLabels.Action(line.Action), string.Join(", ", line.Changes.Select(x => x.Name)), Text(line.Changes, x => x.Old), Text(line.Changes, x => x.New), line.Reason ?? "", line.RequestId ?? "",
                line.IsSealed ? "oui" : "en attente",
            ]));
        }
    }

    private static string Text(IReadOnlyList<AuditChange> changes, Func<AuditChange, string?> value) =>
        string.Join(" | ", changes.Where(x => x.IsPersonal || value(x) is not null).Select(x => $"{x.Name}={(x.IsPersonal ? AuditEntry.Mask : value(x))}"));
}
