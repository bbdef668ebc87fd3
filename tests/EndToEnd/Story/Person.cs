using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MonOPCO.EndToEnd.Pages;
using MonOPCO.Sandbox.Mail;

namespace MonOPCO.EndToEnd.Story;

/// <summary>Somebody at a browser, who uses what people use: pages, links in mails, buttons. Whatever a page does wrong behind the scenes is noted and fails the test at its end.</summary>
public sealed class Person : IAsyncDisposable
{
    public static readonly ViewportSize Wide = new() { Width = 1440, Height = 900 };
    public static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    private readonly StoryWorld _world;
    private readonly IBrowserContext _context;
    private readonly HashSet<string> _refused = [];
    private int? _refusal;

    /// <param name="world">Where he is.</param>
    /// <param name="context">His cookies.</param>
    /// <param name="page">His first tab.</param>
    /// <param name="address">The Host's address as he types it.</param>
    public Person(StoryWorld world, IBrowserContext context, IPage page, Uri address)
    {
        (_world, _context, Page, Address) = (world, context, page, address);
        context.Console += (_, message) => Note(message.Type == "error" && !IsRefusal(message), $"console, {message.Page?.Url}: {message.Text}");
        context.WebError += (_, error) => Note(true, $"script, {error.Page?.Url}: {error.Error}");
        // A navigation given up for a download or for the next click is nobody's mistake.
        context.RequestFailed += (_, request) => Note(IsOurs(request.Url) && request.Failure != "net::ERR_ABORTED", $"{request.Failure}: {request.Method} {request.Url}");
        context.Response += (_, answer) => Note(IsOurs(answer.Url) && answer.Status >= 400 && !IsExpected(answer), string.Create(CultureInfo.InvariantCulture, $"{answer.Status}: {answer.Request.Method} {answer.Url}"));
    }

    public Uri Address { get; }

    /// <summary>The tab in front.</summary>
    public IPage Page { get; private set; }

    public ValueTask DisposeAsync() => new(_context.CloseAsync());

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(Address, path).ToString());

    public ILocator Link(string name, bool exact = false) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = exact });

    public ILocator Button(string name, bool exact = false) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = exact });

    public ILocator Field(string label) => Page.GetByLabel(new Regex("^" + Regex.Escape(label) + @"( \(facultatif\))?$"));

    /// <summary>The link of a task in a list of tasks.</summary>
    public ILocator Job(string numero, string title) => Page.Locator("article", new() { HasText = numero }).GetByRole(AriaRole.Link, new() { Name = title }).First;

    /// <summary>The title of the page in front, once it is this one.</summary>
    public Task SeesTitleAsync(string title) => Assertions.Expect(Page.Locator("h1")).ToContainTextAsync(title);

    public Task SeesAsync(string text) => Assertions.Expect(Page.Locator("main")).ToContainTextAsync(text);

    /// <summary>Switches role by the demonstration bar.</summary>
    public async Task PlayAsync(string role)
    {
        await Page.Locator(".mo-demo").GetByRole(AriaRole.Button, new() { Name = role, Exact = true }).ClickAsync();
        await Assertions.Expect(Page.Locator($".mo-demo button[aria-pressed=true]")).ToHaveTextAsync(role);
    }

    /// <summary>Reloads an address until it shows something: what machines do takes a moment.</summary>
    public async Task<ILocator> UntilAsync(string path, Func<Person, ILocator> what, int seconds = 90)
    {
        var watch = Stopwatch.StartNew();
        do
        {
            await GoAsync(path);
            if (await what(this).CountAsync() > 0)
            {
                return what(this).First;
            }

            await Task.Delay(150);
        }
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds));
        throw new InvalidOperationException($"Waited {seconds} s at {path} for {what(this)}.\n{await Page.Locator("main").InnerTextAsync()}\n{_world.Journey.Process.Output()}");
    }

    /// <summary>Waits for a mail, then opens it in the Sandbox's mailbox, in the tab in front.</summary>
    public async Task ReadMailAsync(string to, string subject, string? saying = null)
    {
        var mail = await _world.Journey.UntilAsync($"a mail « {subject} » to {to}", () => Task.FromResult(Matching().LastOrDefault()));
        await Page.GotoAsync(new Uri(_world.Sandbox, $"/boite?to={Uri.EscapeDataString(to)}").ToString());
        await Page.Locator($"a[href='/boite/messages/{mail.Id}']").ClickAsync();
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(mail.Subject);

        IEnumerable<StoredMessage> Matching() =>
            _world.Journey.Sandbox.Mail.Find(to, subject).Where(x => saying is null || x.Text!.Contains(saying, StringComparison.OrdinalIgnoreCase)).OrderBy(x => x.Id);
    }

    /// <summary>Follows the link of the mail that is open.</summary>
    public async Task FollowAsync(string toward)
    {
        await Page.Locator($"section[aria-labelledby=liens] a[href*='{toward}']").First.ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex("^" + Regex.Escape(Address.ToString())));
    }

    /// <summary>What opens in a new tab is in front until the action is done.</summary>
    public async Task InNewTabAsync(Func<Task> open, Func<Task> there)
    {
        var before = Page;
        Page = await _context.RunAndWaitForPageAsync(open);
        await Page.WaitForLoadStateAsync();
        await there();
        await Page.CloseAsync();
        Page = before;
    }

    /// <summary>While this runs, an answer with this code is what the page should do.</summary>
    public async Task RefusedAsync(int code, Func<Task> action)
    {
        _refusal = code;
        await Page.RunAndWaitForResponseAsync(action, answer => answer.Status == code);
        await Page.WaitForLoadStateAsync();
        _refusal = null;
    }

    /// <summary>Looks well at the page in front: nothing went wrong on the way, and it is right in both themes and on both screens.</summary>
    public async Task LookAsync(string name)
    {
        await Page.WaitForLoadStateAsync();
        SiteMap.Seen(Page, Address);
        _world.Wrong(await Screen.CheckAsync(Page, name));
    }

    private bool IsOurs(string url) => url.StartsWith(Address.ToString(), StringComparison.Ordinal);

    private bool IsExpected(IResponse answer) => answer.Status == _refusal && (_refused.Add(answer.Url) || true);

    // The browser says it a second time in the console, a little later.
    private bool IsRefusal(IConsoleMessage message) => message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && _refused.Any(x => message.Location.StartsWith(x, StringComparison.Ordinal));

    private void Note(bool wrong, string what)
    {
        if (wrong)
        {
            _world.Wrong([what]);
        }
    }
}
