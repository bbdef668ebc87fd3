using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MonOPCO.Domain;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Story;

/// <summary>Without a mouse: Tab, Shift+Tab, Enter, Space and typing, with the focus always in sight.</summary>
[Collection(StoryTests.Name)]
public sealed class KeyboardTests(StoryWorld world)
{
    // What tells the focus from its absence: the outline, or the shadow that plays its part.
    private const string Marked = """
        e => {
          const style = getComputedStyle(e), box = e.getBoundingClientRect();
          const inSight = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
          const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
          return inSight && (outline || style.boxShadow !== 'none') ? '' : `${e.outerHTML.slice(0, 120)} outline=${style.outline} top=${box.top} bottom=${box.bottom}`;
        }
        """;

    [Fact]
    public async Task Request_ByKeyboardAlone()
    {
        await using var person = await world.ArriveAsync();
        await person.GoAsync("/");

        // The first stop skips the bar and the menu.
        await person.Page.Keyboard.PressAsync("Tab");
        await Expect(person.Link("Aller au contenu")).ToBeFocusedAsync();
        await SeesFocusAsync(person);
        await person.Page.Keyboard.PressAsync("Enter");
        await Expect(person.Page.Locator("main")).ToBeFocusedAsync();
        await person.Page.Keyboard.PressAsync("Tab");
        await Expect(person.Field("SIRET de l’établissement")).ToBeFocusedAsync();

        // A refused form takes the focus to what is wrong, and from there to the field.
        await person.RefusedAsync(400, () => person.Page.Keyboard.PressAsync("Enter"));
        await Expect(person.Page.Locator("[role=alert]")).ToBeFocusedAsync();
        await TabToAsync(person, person.Link("Indiquez le SIRET"));
        await person.Page.Keyboard.PressAsync("Enter");
        await Expect(person.Field("SIRET de l’établissement")).ToBeFocusedAsync();
        await person.Page.Keyboard.TypeAsync("999 001 373 00011");
        await person.Page.Keyboard.PressAsync("Tab");
        await Expect(person.Page.GetByLabel("Bilan de compétences")).ToBeFocusedAsync();
        await person.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(person.Page.GetByLabel("Formation", new() { Exact = true })).ToBeCheckedAsync();
        await TabToAsync(person, person.Field("Date de début"));

        // The same day and month: the order that the browser's language gives them does not matter.
        var year = Fr.InParis(TimeProvider.System.GetUtcNow()).Year + 1;
        await person.Page.Keyboard.TypeAsync("0303" + year.ToString(CultureInfo.InvariantCulture));
        await Expect(person.Field("Date de début")).ToHaveValueAsync($"{year}-03-03");
        await TabToAsync(person, person.Button("Finançable ?"));
        await person.Page.Keyboard.PressAsync("Enter");
        await person.SeesTitleAsync("Finançable");

        await TabToAsync(person, person.Link("Faire une demande"));
        await person.Page.Keyboard.PressAsync("Enter");
        await person.SeesTitleAsync("Votre demande");
        await TabToAsync(person, person.Page.Locator("input[name=Name]"));
        await person.Page.Keyboard.TypeAsync("Zoé Clavier");
        await person.Page.Keyboard.PressAsync("Tab");
        await person.Page.Keyboard.TypeAsync("zoe.clavier@atelier.example");
        await person.Page.Keyboard.PressAsync("Enter");
        await person.SeesTitleAsync("Regardez votre messagerie");
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task Validation_ByKeyboardAlone()
    {
        var dossier = await world.Journey.OpenAsync(inDays: 70);
        var task = await world.Journey.TaskAsync(dossier.Id, "valider-demande");
        await using var netz = await world.ArriveAsync();
        await netz.GoAsync("/");
        await TabToAsync(netz, netz.Button("Opérateur", exact: true));
        await netz.Page.Keyboard.PressAsync("Enter");
        await netz.SeesTitleAsync("Bonjour Nadia");
        await TabToAsync(netz, netz.Link("Boîte de réception").First);
        await netz.Page.Keyboard.PressAsync("Enter");
        await netz.SeesTitleAsync("Boîte de réception");
        await TabToAsync(netz, netz.Link("À prendre"));
        await netz.Page.Keyboard.PressAsync("Enter");
        await Expect(netz.Page).ToHaveURLAsync(new Regex("liste=a-prendre"));
        await TabToAsync(netz, netz.Page.Locator($"h2 a[href='/taches/{task.Id}']"));
        await netz.Page.Keyboard.PressAsync("Enter");
        await netz.SeesTitleAsync("Valider la demande");

        var ask = netz.Page.Locator("summary", new() { HasText = "Demander des compléments" });
        await TabToAsync(netz, ask);
        await netz.Page.Keyboard.PressAsync("Space");
        await Expect(netz.Page.Locator("textarea[name='Input.Free']")).ToBeVisibleAsync();
        await TabToAsync(netz, netz.Button("Demander des compléments"));
        await netz.RefusedAsync(400, () => netz.Page.Keyboard.PressAsync("Enter"));
        await Expect(netz.Page.Locator("[role=alert]").First).ToBeFocusedAsync();
        await TabToAsync(netz, netz.Button("Valider la demande"));
        await netz.Page.Keyboard.PressAsync("Space");
        await netz.SeesTitleAsync(dossier.Numero);
        await Expect(netz.Page.Locator(".mo-flash")).ToContainTextAsync("C’est enregistré");
        world.AssertNothingWrong();
    }

    private static async Task TabToAsync(Person person, ILocator goal)
    {
        await person.Page.WaitForLoadStateAsync();
        for (var i = 0; i < 200; i++)
        {
            await person.Page.Keyboard.PressAsync("Tab");
            await SeesFocusAsync(person);
            if (await goal.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"200 times Tab did not reach {goal}.");
    }

    private static async Task SeesFocusAsync(Person person)
    {
        var wrong = await person.Page.EvaluateAsync<string>($"async () => {{ await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); return document.activeElement === document.body ? '' : ({Marked})(document.activeElement); }}");
        Assert.True(wrong.Length == 0, "The focus cannot be seen: " + wrong);
    }
}
