using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Tasks;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The OPCO asks for something: its words, our answer and piece, sent by the robot or already by hand.</summary>
public sealed class RepondreComplement(MonOpcoDbContext database, PortalRunner runner) : TaskScreen
{
    public const string ByRobot = "Répondre par le robot";

    public override object Form => Input;

    public Reply Input { get; } = new();

    public Opco? Opco { get; private set; }

    /// <summary>The robot knows this portal.</summary>
    public bool HasRobot { get; private set; }

    public string Asked => Read("complementText") is { Length: > 0 } text ? text : "La demande n’a pas pu être relevée : lisez-la sur le portail.";

    public IReadOnlyList<string> Pieces => Field("complementPieces") is JsonArray pieces ? [.. pieces.Select(x => x?.ToString() ?? "").Where(x => x.Length > 0)] : [];

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        Opco = Dossier!.OpcoSlug is { } slug ? await database.Opcos.FindAsync([slug], cancellationToken) : null;
        HasRobot = await KnowsAsync(cancellationToken);
    }

    public override async Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        var robot = outcome.Name == ByRobot;
        if (robot && !await KnowsAsync(cancellationToken))
        {
            errors.AddModelError("", "Le robot ne connaît pas ce portail : répondez sur le portail, puis choisissez « Déjà répondu à la main ».");
            return null;
        }

        var file = await Upload.ReadAsync(Input.File, DocumentTypes.Piece, errors, cancellationToken, pdfOnly: robot);
        var text = Input.Text?.Trim() ?? "";
        if (robot && errors.IsValid && file is null && text.Length == 0)
        {
            errors.AddModelError("Input.Text", "Écrivez une réponse ou joignez une pièce.");
        }

        return !errors.IsValid ? null : new ScreenAnswer(
            new JsonObject { ["text"] = text.Length == 0 ? null : text, ["documentId"] = file?.Id.ToString() },
            Alongside: file is null ? null : services => file.StoreAsync(services, Dossier!.Id, Change, cancellationToken));
    }

    private async Task<bool> KnowsAsync(CancellationToken cancellationToken) =>
        await database.Filings.AsNoTracking().Where(x => x.DossierId == Dossier!.Id).OrderByDescending(x => x.CreatedAt).Select(x => x.Portal).FirstOrDefaultAsync(cancellationToken) is { } portal
        && runner.ScriptOf(portal) is { } script && runner.IsConfigured(script);

    private string? Read(string name) => Field(name)?.ToString();

    // What the activity wrote, whatever the case of its names.
    private JsonNode? Field(string name) => Work.Context?.FirstOrDefault(x => string.Equals(x.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    public sealed class Reply
    {
        [Display(Name = "Votre réponse"), StringLength(4000)]
        public string? Text { get; set; }

        [Display(Name = "Pièce jointe")]
        public IFormFile? File { get; set; }
    }
}
