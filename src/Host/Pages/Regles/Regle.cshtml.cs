using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Rules;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>One rule: every value it had, has and will have, and who changed what and why.</summary>
[Authorize(Policies.RuleReaders)]
public sealed class RegleModel(MonOpcoDbContext database, RuleEditor editor, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public RuleNames Names { get; private set; } = null!;

    public RuleDefinition Definition { get; private set; } = null!;

    public string Code { get; private set; } = "";

    public string Scope { get; private set; } = "";

    public string Kind { get; private set; } = "";

    public bool CanEdit { get; private set; }

    public DateOnly Today => Fr.InParis(clock.GetUtcNow());

    public IReadOnlyList<Rule> Values { get; private set; } = [];

    public IReadOnlyList<AuditEntry> Changes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string code, string opco, string type, CancellationToken cancellationToken)
    {
        (Code, Scope, Kind) = (code, RuleNames.Code(opco), RuleNames.Code(type));
        Names = await RuleNames.LoadAsync(database, cancellationToken);
        Values = await editor.HistoryAsync(Code, Scope, Kind, cancellationToken);
        if (Values.Count == 0 || Names.Find(code) is not { } definition)
        {
            return NotFound();
        }

        Definition = definition;
        Changes = await editor.ChangesAsync(Code, Scope, Kind, cancellationToken);
        CanEdit = (await authorization.AuthorizeAsync(User, Policies.RuleEditors)).Succeeded;
        return Page();
    }

    public async Task<IActionResult> OnPostRetirerAsync(string code, string opco, string type, long id, string? motif, CancellationToken cancellationToken)
    {
        if (!(await authorization.AuthorizeAsync(User, Policies.RuleEditors)).Succeeded)
        {
            return Forbid();
        }

        try
        {
            await editor.WithdrawAsync(id, Today, User.Change(clock.GetUtcNow()) with { Reason = motif?.Trim() }, cancellationToken);
            this.Flash("success", "La valeur est retirée ; la précédente continue.");
        }
        catch (RuleBrokenException broken)
        {
            this.Flash("danger", broken.Message);
        }

        return Redirect(RuleNames.Url(code, RuleNames.Code(opco), RuleNames.Code(type)));
    }

    public static string ActionLabel(string action) => action switch
    {
        "Added" => "Valeur ajoutée",
        "Ended" => "Fin fixée",
        "Corrected" => "Valeur corrigée",
        "Withdrawn" => "Valeur retirée",
        "Prolonged" => "Valeur prolongée",
        _ => action,
    };

    /// <summary>« 30 jours dès le 01/01/2027 », from the audit's own values.</summary>
    public string Told(AuditEntry entry)
    {
        var value = Text(entry, "value");
        var from = DateOnly.TryParse(Text(entry, "validFrom"), System.Globalization.CultureInfo.InvariantCulture, out var day) ? $" dès le {Fr.Date(day)}" : "";
        var end = entry.NewValues?.ContainsKey("validTo") == true && DateOnly.TryParse(Text(entry, "validTo"), System.Globalization.CultureInfo.InvariantCulture, out var last) ? $"{(value is null ? "vaut jusqu’au" : ", jusqu’au")} {Fr.Date(last)}" : "";
        return (value is null ? "" : Definition.Show(value)) + from + end;
    }

    private static string? Text(AuditEntry entry, string name) => entry.NewValues?[name]?.ToString();
}
