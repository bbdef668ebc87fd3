using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Portails;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The copilote de dépôt, then what the portal answered: reference and receipt.</summary>
public sealed class DepotAssiste(Copilot copilot) : TaskScreen
{
    public const string Filed = "Déposé";

    public override object Form => Input;

    public Receipt Input { get; } = new();

    public CopilotSheet? Sheet { get; private set; }

    public override async Task LoadAsync(CancellationToken cancellationToken) => Sheet = await copilot.BuildAsync(Dossier!, Now, cancellationToken);

    public override async Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (outcome.Name != Filed)
        {
            return Plain(outcome, form, errors);
        }

        var reference = Input.Reference?.Trim() ?? "";
        if (reference.Length == 0)
        {
            errors.AddModelError("Input.Reference", "Indiquez la référence donnée par le portail de l’OPCO.");
        }

        var receipt = await Upload.ReadAsync(Input.File, DocumentTypes.AccuseDepot, errors, cancellationToken);
        return !errors.IsValid ? null : new ScreenAnswer(
            new JsonObject { ["reference"] = reference, ["receiptDocumentId"] = receipt?.Id.ToString() },
            Alongside: receipt is null ? null : services => receipt.StoreAsync(services, Dossier!.Id, Change, cancellationToken));
    }

    public sealed class Receipt
    {
        [Display(Name = "Référence donnée par le portail"), StringLength(100)]
        public string? Reference { get; set; }

        [Display(Name = "Accusé de réception")]
        public IFormFile? File { get; set; }
    }
}
