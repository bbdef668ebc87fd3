using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Portails;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The robot has filled and stopped: field by field our value and the portal's, the pictures, then confirm, correct or take over.</summary>
public sealed class ConfirmerDepot(PortalRunView run) : TaskScreen
{
    public const string Confirm = "Confirmer";
    public const string Refill = "Remplir à nouveau";
    public const string ByHand = "Déposer à la main";

    public override object Form => Input;

    public Corrections Input { get; } = new();

    public PortalRunView Run => run;

    /// <summary>Only what the robot has just read may be confirmed; after a difference it fills again first.</summary>
    public bool CanConfirm => run.Filing?.Status == FilingStatus.Filled && run.Differences == 0;

    public override Task LoadAsync(CancellationToken cancellationToken) => run.LoadAsync(Dossier!, cancellationToken);

    public override async Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (outcome.Name is not (Confirm or Refill))
        {
            return Plain(outcome, form, errors);
        }

        await run.LoadAsync(Dossier!, cancellationToken);
        if (run.Filing is not { } filing)
        {
            errors.AddModelError("", "Aucun dépôt n’est préparé pour ce dossier.");
            return null;
        }

        // Frozen between what was shown and what is confirmed: another run in between would be confirmed unseen.
        if (filing.UpdatedAt.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture) != form["vu"].ToString())
        {
            errors.AddModelError("", "Le robot a rempli de nouveau depuis que vous avez ouvert cette page : comparez ces valeurs-ci.");
            return null;
        }

        if (outcome.Name == Confirm)
        {
            if (!CanConfirm)
            {
                errors.AddModelError("", "Des valeurs diffèrent : corrigez, puis faites remplir à nouveau. Rien n’est transmis.");
                return null;
            }

            var unseen = run.Unread.Where(x => !Input.Seen.Contains(x.Key)).ToList();
            if (unseen.Count > 0)
            {
                errors.AddModelError("Input.Seen", $"Le robot n’a pas relu {Fr.Plural(unseen.Count, "champ", "champs")} : {string.Join(", ", unseen.Select(x => x.Label))}. Vérifiez sur la capture ou sur le portail, puis cochez chacun. Rien n’est transmis.");
                return null;
            }

            var seen = run.Unread.Select(x => new SeenField(x.Key, x.Label)).ToList();
            return new ScreenAnswer([], null, services => services.GetRequiredService<FilingService>().ConfirmAsync(filing.Id, Change, cancellationToken, seen));
        }

        var values = (JsonObject)filing.Values.DeepClone();
        var changed = false;
        foreach (var (path, old) in PortalValuesTree.Leaves(filing.Values).ToList())
        {
            if (Input.Values.TryGetValue(path, out var typed) && typed is not null && typed.Trim() != PortalValuesTree.Text(old))
            {
                changed = true;
                if (PortalValuesTree.Put(values, path, typed) is { } complaint)
                {
                    errors.AddModelError($"Input.Values[{path}]", $"{PortalLabels.Of(path)} : {complaint}");
                }
            }
        }

        return !errors.IsValid ? null
            : new ScreenAnswer([], null, !changed ? null : services => services.GetRequiredService<FilingService>().CorrectAsync(filing.Id, values, Change, cancellationToken));
    }

    public sealed class Corrections
    {
        /// <summary>Fields that the robot did not read back and that the operator has seen, one by one.</summary>
        public string[] Seen { get; set; } = [];

        /// <summary>Path → value as typed.</summary>
        public Dictionary<string, string?> Values { get; set; } = [];
    }
}
