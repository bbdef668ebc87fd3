using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Data;
using MonOPCO.Host.Infrastructure;

namespace MonOPCO.Host.Pages.Demande;

public sealed class BeneficiairesModel(RequestDrafts drafts, MonOpcoDbContext database, TimeProvider clock) : DraftPage(drafts, database)
{
    private const int Most = 50;

    [BindProperty]
    public List<PersonForm> People { get; set; } = [];

    public void OnGet()
    {
        People = Form.People.Count > 0 ? Form.People : [new()];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (People.Count > 1)
        {
            // A row added and left empty is not a mistake.
            People.RemoveAll(x => x.IsEmpty);
        }

        if (People.Count == 0)
        {
            People.Add(new());
        }

        await KeepAsync(cancellationToken);
        CheckAll(ModelState, People, Fr.InParis(clock.GetUtcNow()));
        return ModelState.IsValid ? Step("action") : this.Invalid();
    }

    public async Task<IActionResult> OnPostAjouterAsync(CancellationToken cancellationToken)
    {
        if (People.Count < Most)
        {
            People.Add(new());
        }

        await KeepAsync(cancellationToken);
        return Step("beneficiaires", $"#personne-{People.Count}");
    }

    public async Task<IActionResult> OnPostRetirerAsync(int index, CancellationToken cancellationToken)
    {
        if (index >= 0 && index < People.Count && People.Count > 1)
        {
            People.RemoveAt(index);
        }

        await KeepAsync(cancellationToken);
        return Step("beneficiaires", "#personnes");
    }

    internal static void CheckAll(ModelStateDictionary errors, List<PersonForm> people, DateOnly today)
    {
        if (people.Count == 0)
        {
            errors.AddModelError("", "Indiquez au moins une personne à former.");
        }

        for (var i = 0; i < people.Count; i++)
        {
            var (person, prefix) = (people[i], $"People[{i}].");
            person.Check(errors, prefix, today);
            if (people.Take(i).Any(x => Same(x, person)))
            {
                errors.AddModelError(prefix + nameof(PersonForm.LastName), "Cette personne est déjà indiquée plus haut.");
            }
        }
    }

    private static bool Same(PersonForm a, PersonForm b) => !a.IsEmpty && SearchText.Of(a.LastName, a.FirstName) == SearchText.Of(b.LastName, b.FirstName) && Typed.Date(a.BirthDate) == Typed.Date(b.BirthDate);

    // What was typed is kept whatever is pressed. Posted values must not shadow rows that moved.
    private Task KeepAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        Form.People = [.. People.Take(Most)];
        return SaveAsync(cancellationToken);
    }
}
