using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Looks at what stands on a page of Studio: English words, errors in the console, requests elsewhere or refused.</summary>
internal sealed class FrenchWatch(IPage page, Uri address)
{
    /// <summary>Words of Studio's English that no French text of ours contains. Names that people or programs gave (types, ids, property names) are not words.</summary>
    private const string English =
        """
        () => {
          const english = /\b(the|this|of|with|without|when|whether|which|will|is|are|has|have|be|no|not|or|and|to|from|for|by|in|add|edit|delete|remove|save|cancel|close|open|copy|copied|new|name|value|default|select|choose|search|show|hide|view|settings|properties|loading|workflow|activity|activities|merge|stream|inherit|allow|publish|unpublish|retract|created|updated|mandatory|required|optional|supported|visualizer|outcomes?|timeout|failed|unmatched|connect|field|fields|yes)\b/i;
          const french = /[àâçéèêëîïôûùüÿœæ’«]|\b(le|la|les|un|une|des|du|de|au|aux|et|ou|par|pour|sur|est|dans|avec)\b/i;
          const own = (e) => e.closest('.monaco-editor, .monaco-aria-container, textarea, pre, code, script, style, [data-own]');
          const found = new Set();
          const look = (text, element) => {
            const t = (text ?? '').trim();
            if (!t || own(element) || !/[a-z]{2}/.test(t) || french.test(t) || !english.test(t)) return;
            found.add(t);
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n = walker.nextNode(); n; n = walker.nextNode()) if (n.parentElement?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) look(n.data, n.parentElement);
          for (const e of document.querySelectorAll('[title], [aria-label], [placeholder]')) if (e.checkVisibility()) for (const a of ['title', 'aria-label', 'placeholder']) look(e.getAttribute(a), e);
          for (const e of document.querySelectorAll('.mud-select input')) if (e.checkVisibility()) look(e.value, e);
          return [...found];
        }
        """;

    private readonly SortedDictionary<string, string> _english = new(StringComparer.Ordinal);
    private readonly Watch _watch = new(page, address);

    /// <summary>Notes English words; fails at once on an error.</summary>
    public async Task LookAsync(string where)
    {
        foreach (var text in await page.EvaluateAsync<string[]>(English))
        {
            _english.TryAdd(text, where);
        }

        _watch.AssertQuiet(where);
    }

    public void AssertFrench() => Assert.True(_english.Count == 0, string.Join("\n", _english.Select(e => $"{e.Key}  ({e.Value})")));

    /// <summary>Something that is refused: the page says why, in our words.</summary>
    public async Task RefusedAsync(int status, string path, string says, Func<Task> action)
    {
        _watch.Expect(status, path);
        await action();
        await Expect(page.Locator("#refused")).ToContainTextAsync(says);
        await LookAsync(says);
    }

    /// <summary>The open menu's items; closes nothing.</summary>
    public async Task<IReadOnlyList<string>> MenuAsync(ILocator button, string where)
    {
        await button.ClickAsync();
        await Expect(Items.First).ToBeVisibleAsync();
        await LookAsync(where);
        return [.. (await Items.AllInnerTextsAsync()).Select(text => text.Trim()).Where(text => text.Length > 0)];
    }

    public async Task ChooseAsync(ILocator button, string item)
    {
        if (!await Items.First.IsVisibleAsync())
        {
            await button.ClickAsync();
        }

        await Items.Filter(new() { HasTextRegex = new Regex($"^\\s*{Regex.Escape(item)}\\s*$") }).ClickAsync();
    }

    public async Task CloseMenuAsync()
    {
        await page.Keyboard.PressAsync("Escape");
        if (await Items.First.IsVisibleAsync())
        {
            await page.Locator(".mud-overlay").Last.ClickAsync(new() { Position = new() { X = 5, Y = 5 } });
        }

        await Expect(Items.First).ToBeHiddenAsync();
    }

    /// <summary>The dialog that has just opened: looked at, then answered by the button of that name.</summary>
    public async Task DialogAsync(string where, string answer, Func<ILocator, Task>? fill = null)
    {
        var dialog = page.Locator(".mud-dialog").Last;
        await Expect(dialog).ToBeVisibleAsync();
        await LookAsync(where);
        if (fill is not null)
        {
            await fill(dialog);
        }

        await dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();
        await Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0);
    }

    private ILocator Items => page.Locator(".mud-popover-open .mud-menu-item:visible");
}
