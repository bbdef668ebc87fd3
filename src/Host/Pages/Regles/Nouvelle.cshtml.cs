using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Rules;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Regles;

/// <summary>A new value from a day on, seen first: who is concerned, and what it ends.</summary>
[Authorize(Policies.RuleEditors)]
public sealed class NouvelleModel(MonOpcoDbContext database, RuleBook rules, RuleEditor editor, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Regle { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Opco { get; set; } = "*";

    [BindProperty(SupportsGet = true)]
    public string Type { get; set; } = "*";

    [BindProperty]
    public RuleForm Form { get; set; } = new();

    public RuleNames Names { get; private set; } = null!;

    public RuleDefinition? Definition { get; private set; }

    /// <summary>What can be chosen, by subject.</summary>
    public IReadOnlyList<RuleDefinition> All { get; private set; } = [];

    /// <summary>What holds for the new value's first day, or today.</summary>
    public Rule? Current { get; private set; }

    public RuleImpact? Impact { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        ModelState.Clear();
        Current = await CurrentAsync(Fr.InParis(clock.GetUtcNow()), cancellationToken);
        if (Current is not null && Definition is not null)
        {
            (Form.Valeur, Form.Certitude) = (Definition.Typed(Current.Value), Current.Certainty);
        }
    }

    /// <summary>Shows who is concerned and writes nothing.</summary>
    public Task<IActionResult> OnPostApercuAsync(CancellationToken cancellationToken) => SubmitAsync(save: false, cancellationToken);

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => SubmitAsync(save: true, cancellationToken);

    private async Task<IActionResult> SubmitAsync(bool save, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Definition is null)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            Current = await CurrentAsync(Fr.InParis(clock.GetUtcNow()), cancellationToken);
            return this.Invalid();
        }

        Current = await CurrentAsync(Form.Du!.Value, cancellationToken);
        try
        {
            var value = Form.Value(Regle!, Opco, Type);
            if (save)
            {
                await editor.AddAsync(value, User.Change(clock.GetUtcNow(), Form.Motif), cancellationToken);
                this.Flash("success", $"La valeur {Definition.Show(Definition.Parse(Form.Valeur!)!)} s’appliquera à partir du {Fr.Date(Form.Du.Value)}.");
                return Redirect(RuleNames.Url(Regle!, Opco, Type));
            }

            await editor.CheckAsync(value, cancellationToken);
            Impact = await editor.PreviewAsync(value, Fr.InParis(clock.GetUtcNow()), cancellationToken);
            return Page();
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError(RuleForm.FieldOf(broken), broken.Message);
            return this.Invalid();
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Names = await RuleNames.LoadAsync(database, cancellationToken);
        All = [.. RuleCatalogue.Codes(Names.Documents.Keys).Concat((await rules.AllAsync(cancellationToken)).Select(x => x.Code)).Distinct().Select(Names.Find).OfType<RuleDefinition>().OrderBy(x => x.Label, StringComparer.CurrentCulture)];
        Definition = All.FirstOrDefault(x => x.Code == Regle);
        Opco = Names.Opcos.ContainsKey(Opco ?? "") ? Opco! : "*";
        Type = Type is "bilan" or "formation" ? Type : "*";
    }

    private async Task<Rule?> CurrentAsync(DateOnly on, CancellationToken cancellationToken) =>
        (await rules.AllAsync(cancellationToken)).FirstOrDefault(x => x.Code == Regle && x.Scope == Opco && x.Kind == Type && x.ValidFrom <= on && (x.ValidTo is null || x.ValidTo >= on));
}
