using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Rules;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>A value that was wrong: it is withdrawn, stays in the history, and another one takes its place.</summary>
[Authorize(Policies.RuleEditors)]
public sealed class CorrectionModel(MonOpcoDbContext database, RuleEditor editor, TimeProvider clock) : PageModel
{
    [BindProperty]
    public RuleForm Form { get; set; } = new();

    public Rule Rule { get; private set; } = null!;

    public RuleNames Names { get; private set; } = null!;

    public RuleDefinition Definition { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        Form = new RuleForm { Valeur = Definition.Typed(Rule.Value), Du = Rule.ValidFrom, Source = Rule.Source, Lien = Rule.SourceUrl, Certitude = Rule.Certainty };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            await editor.CorrectAsync(id, Form.Value(Rule.Code, Rule.Scope, Rule.Kind), User.Change(clock.GetUtcNow(), Form.Motif), cancellationToken);
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(RuleForm.FieldOf(broken), broken.Message);
            return this.Invalid();
        }

        this.Flash("success", "La valeur est corrigée ; l’ancienne reste dans l’historique.");
        return Redirect(RuleNames.Url(Rule.Code, Rule.Scope, Rule.Kind));
    }

    private async Task<bool> LoadAsync(long id, CancellationToken cancellationToken)
    {
        Names = await RuleNames.LoadAsync(database, cancellationToken);
        if (await database.Rules.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id && x.WithdrawnAt == null, cancellationToken) is not { } rule || Names.Find(rule.Code) is not { } definition)
        {
            return false;
        }

        (Rule, Definition) = (rule, definition);
        return true;
    }
}
