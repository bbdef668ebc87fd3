using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>One run in one page. It stops at the first thing that is not as the script says.</summary>
internal sealed class PortalRun(IPage page, PortalScript script, PortalRequest request, PortalSettings settings, PortalHosts hosts, float timeout)
{
    private const int MostScreenshots = 80;
    private const int LargestDownload = 20 * 1024 * 1024;
    private readonly List<PortalScreenshot> _screenshots = [];
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, PortalFile> _downloads = [];
    private readonly List<PortalDifference> _differences = [];
    private readonly List<ILocator> _secrets = [];
    private PortalPhase _phase;
    private bool _mayHaveSubmitted;
    private int _lastStatus;
    private int _pending;

    public async Task<PortalResult> RunAsync(CancellationToken cancellationToken)
    {
        page.SetDefaultTimeout(timeout);
        page.SetDefaultNavigationTimeout(timeout);
        Watch();
        PortalStep? current = null;
        try
        {
            foreach (var phase in request.Phases)
            {
                _phase = phase;
                foreach (var step in script.Phases[phase])
                {
                    current = step;
                    cancellationToken.ThrowIfCancellationRequested();
                    if (await DoAsync(step, null, 0) is { } end)
                    {
                        return await EndAsync(end);
                    }
                }

                if (phase == PortalPhase.Relire)
                {
                    CompareConfirmed();
                    if (_differences.Count > 0)
                    {
                        return await EndAsync(new PortalResult.Differences(_differences));
                    }
                }
            }

            return await EndAsync(new PortalResult.Completed(_downloads));
        }
        catch (Exception problem) when (problem is TimeoutException or PlaywrightException)
        {
            return await EndAsync(Explain(problem, current!));
        }
    }

    /// <summary>Follows the main document: a missing landmark on an error page, or while a page is still awaited, is a portal that is down or slow, not one that changed.</summary>
    private void Watch()
    {
        page.Request += (_, sent) => _pending += IsDocument(sent) ? 1 : 0;
        page.RequestFailed += (_, sent) => _pending -= IsDocument(sent) ? 1 : 0;
        page.Response += (_, answer) =>
        {
            if (IsDocument(answer.Request))
            {
                _pending--;
                _lastStatus = answer.Status;
            }
        };
    }

    private bool IsDocument(IRequest sent) => sent.IsNavigationRequest && sent.Frame == page.MainFrame;

    private PortalResult Explain(Exception problem, PortalStep step)
    {
        if (!page.Context.Browser!.IsConnected || page.IsClosed)
        {
            return new PortalResult.Unreachable(new Failure("browser-lost", null, true, "Le navigateur s'est arrêté pendant le passage sur le portail."));
        }

        if (_lastStatus is >= 500 or 429)
        {
            return new PortalResult.Unreachable(new Failure("http-" + _lastStatus.ToString(CultureInfo.InvariantCulture), _lastStatus, true, $"Le portail est indisponible (code {_lastStatus})."));
        }

        if (_pending > 0 || (step.Goto is not null && problem is TimeoutException))
        {
            return new PortalResult.Unreachable(new Failure("timeout", null, true, "Le portail n'a pas répondu à temps."));
        }

        return step.Goto is not null
            ? new PortalResult.Unreachable(new Failure("network", null, true, "Le portail est injoignable."))
            : Missing(step, $"{step.Target} introuvable sur la page");
    }

    private PortalResult.LandmarkMissing Missing(PortalStep step, string what) => new(_phase, step.ToString(), what);

    private async Task<PortalResult> EndAsync(PortalResult result)
    {
        if (result is not PortalResult.Completed)
        {
            await PictureAsync("arrêt");
        }

        return result with { Screenshots = _screenshots, Values = _values, MayHaveSubmitted = _mayHaveSubmitted };
    }

    /// <summary>Null to go on.</summary>
    private async Task<PortalResult?> DoAsync(PortalStep step, JsonElement? row, int index)
    {
        if (step.If is { } condition && !PortalValues.HasValue(request.Data, row, condition))
        {
            return null;
        }

        switch (step.Kind)
        {
            case "goto": return await GotoAsync(step, row);
            case "expect": return await ExpectAsync(step, row, index);
            case "refused": return await EitherAsync(step, row, index) ? new PortalResult.LoginRefused() : null;
            case "search": return await EitherAsync(step, row, index) ? new PortalResult.AlreadyFiled(await TextAsync(Locate(step, step.Search!, row, index))) : null;
            case "fill": await FillAsync(step, row, index); break;
            case "select": await SelectAsync(step, row, index); break;
            case "check": await Locate(step, step.Check!, row, index).CheckAsync(); break;
            case "upload": await UploadAsync(step, row, index); break;
            case "click": return await ClickAsync(step, row, index);
            case "read": return await ReadAsync(step, row, index);
            case "repeat": return await RepeatAsync(step, row);
            default: await PictureAsync(step.Screenshot!); break;
        }

        return null;
    }

    private async Task<PortalResult?> GotoAsync(PortalStep step, JsonElement? row)
    {
        var address = new Uri(hosts.BaseUrl, PortalHosts.Fill(step.Goto!, path => PortalValues.Find(request.Data, row, path)?.ToString()));
        if (!hosts.Allows(address))
        {
            return Missing(step, "adresse hors des hôtes autorisés");
        }

        var answer = await page.GotoAsync(address.AbsoluteUri);
        if (answer is { Status: >= 400 and < 500 and not 429 and not 401 })
        {
            return Missing(step, $"page absente (code {answer.Status})");
        }

        return answer is { Status: >= 500 or 429 } ? Explain(new PlaywrightException(), step) : Stray(step);
    }

    private async Task<PortalResult?> ExpectAsync(PortalStep step, JsonElement? row, int index)
    {
        var target = step.Expect!;
        if (target.Url is { } end)
        {
            await page.WaitForURLAsync(address => new Uri(address).AbsolutePath.EndsWith(end, StringComparison.Ordinal));
            return Stray(step);
        }

        var landmark = Locate(step, target, row, index).First;
        var complaints = script.Erreurs is { } errors ? Find(errors).First : null;
        await (complaints is null ? landmark : landmark.Or(complaints).First).WaitForAsync();
        if (complaints is not null && await complaints.IsVisibleAsync() && !await landmark.IsVisibleAsync())
        {
            return Missing(step, "le portail signale : " + Short(await TextAsync(complaints)));
        }

        return Stray(step);
    }

    /// <summary>Waits until one of two landmarks shows; true for the action's own, false for <c>unless</c>.</summary>
    private async Task<bool> EitherAsync(PortalStep step, JsonElement? row, int index)
    {
        var wanted = Locate(step, step.Target!, row, index).First;
        await wanted.Or(Locate(step, step.Unless!, row, index).First).First.WaitForAsync();
        return await wanted.IsVisibleAsync();
    }

    private async Task FillAsync(PortalStep step, JsonElement? row, int index)
    {
        var target = Locate(step, step.Fill!, row, index);
        if (step.Secret == "motDePasse")
        {
            // Masked in every picture of this run, whatever type of input the portal uses.
            _secrets.Add(target);
        }

        await target.FillAsync(Typed(step, row));
    }

    private async Task SelectAsync(PortalStep step, JsonElement? row, int index)
    {
        // By what the user sees, not by the hidden value.
        await Locate(step, step.Select!, row, index).SelectOptionAsync(new SelectOptionValue { Label = Typed(step, row) });
    }

    private async Task UploadAsync(PortalStep step, JsonElement? row, int index)
    {
        var file = request.Files[step.File!];
        await Locate(step, step.Upload!, row, index).SetInputFilesAsync(new FilePayload { Name = file.FileName, MimeType = file.ContentType, Buffer = file.Content });
    }

    private async Task<PortalResult?> ClickAsync(PortalStep step, JsonElement? row, int index)
    {
        var target = Locate(step, step.Click!, row, index);
        await target.WaitForAsync();
        await PictureAsync($"avant {step.Click}");
        if (_phase is PortalPhase.Transmettre or PortalPhase.Complement)
        {
            _mayHaveSubmitted = true;
        }

        if (step.Download is not { } name)
        {
            await target.ClickAsync();
            return null;
        }

        var download = await page.RunAndWaitForDownloadAsync(() => target.ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        if (content.Length > LargestDownload)
        {
            return Missing(step, "fichier téléchargé trop grand");
        }

        _downloads[name] = new PortalFile(download.SuggestedFilename, "application/octet-stream", content.ToArray());
        return null;
    }

    private async Task<PortalResult?> ReadAsync(PortalStep step, JsonElement? row, int index)
    {
        var target = Locate(step, step.Read!, row, index).First;
        if (step.Optional && !await target.IsVisibleAsync())
        {
            return null;
        }

        var found = PortalValues.Clean(step.Format, await TextAsync(target));
        var name = PortalHosts.Number(step.As!, index);
        _values[name] = found;
        if (step.Value is not null || step.Literal is not null || step.File is not null)
        {
            var meant = step.File is { } file ? request.Files[file].FileName : PortalValues.Text(step, request.Data, row);
            var expected = PortalValues.Clean(step.Format, meant);
            if (!string.Equals(expected, found, StringComparison.Ordinal))
            {
                _differences.Add(new PortalDifference(name, expected, found));
            }
        }

        return null;
    }

    private async Task<PortalResult?> RepeatAsync(PortalStep step, JsonElement? row)
    {
        var rows = PortalValues.Find(request.Data, row, step.Repeat!) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().ToList() : throw new PortalScriptException($"La donnée « {step.Repeat} » n'est pas une liste.");
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var inner in (i == 0 ? [] : step.Between ?? []).Concat(step.Steps!))
            {
                if (await DoAsync(inner, rows[i], i) is { } end)
                {
                    return end;
                }
            }
        }

        return null;
    }

    private void CompareConfirmed()
    {
        foreach (var (name, confirmed) in request.Confirmed ?? new Dictionary<string, string>())
        {
            var found = _values.GetValueOrDefault(name, "");
            if (!string.Equals(found, confirmed, StringComparison.Ordinal) && _differences.All(d => d.Field != name))
            {
                _differences.Add(new PortalDifference(name, confirmed, found));
            }
        }

        if (request.Confirmed is { } human)
        {
            // A value that nobody saw when confirming is not confirmed.
            _differences.AddRange(_values.Where(v => !human.ContainsKey(v.Key)).Select(v => new PortalDifference(v.Key, "(non confirmé)", v.Value)));
        }
    }

    private string Typed(PortalStep step, JsonElement? row) => step.Secret switch
    {
        "identifiant" => request.Credentials?.User ?? settings.User ?? "",
        "motDePasse" => request.Credentials?.Password ?? settings.Password ?? "",
        _ => PortalValues.Text(step, request.Data, row),
    };

    /// <summary>The portal led the browser somewhere it must not go.</summary>
    private PortalResult.LandmarkMissing? Stray(PortalStep step) => hosts.Allows(new Uri(page.Url)) ? null : Missing(step, "adresse hors des hôtes autorisés");

    private ILocator Locate(PortalStep step, PortalTarget target, JsonElement? row, int index)
    {
        var value = (step.Check is not null || step.Click is not null || step.Search is not null) && step.Value is not null ? PortalValues.Text(step, request.Data, row) : "";
        string Resolve(string text) => PortalHosts.Number(text, index).Replace("{valeur}", value, StringComparison.Ordinal);
        return Find(target with
        {
            Label = target.Label is { } label ? Resolve(label) : null,
            Id = target.Id is { } id ? Resolve(id) : null,
            Text = target.Text is { } text ? Resolve(text) : null,
            Link = target.Link is { } link ? Resolve(link) : null,
            Heading = target.Heading is { } heading ? Resolve(heading) : null,
            Css = target.Css?.Replace("{valeur}", value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal),
        });
    }

    private ILocator Find(PortalTarget target) =>
        target.Label is { } label ? page.GetByLabel(label, new() { Exact = true })
        : target.Id is { } id ? page.Locator($"[id=\"{id.Replace("\"", "\\\"", StringComparison.Ordinal)}\"]")
        : target.Button is { } button ? page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true })
        : target.Link is { } link ? page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true })
        : target.Heading is { } heading ? page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })
        : target.Text is { } text ? page.GetByText(text, new() { Exact = true })
        : page.Locator(target.Css!);

    // What the user sees: the text of the chosen line, not its hidden value; the name of a file, not the path that browsers invent.
    private static async Task<string> TextAsync(ILocator target) => (await target.EvaluateAsync<string>(
        "e => e.tagName === 'SELECT' ? [...e.selectedOptions].map(o => o.text).join(', ') : e.type === 'file' ? [...e.files].map(f => f.name).join(', ') : e.tagName === 'INPUT' || e.tagName === 'TEXTAREA' ? e.value : e.innerText")).Trim();

    private async Task PictureAsync(string what)
    {
        if (_screenshots.Count >= MostScreenshots || page.IsClosed)
        {
            return;
        }

        try
        {
            var png = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true, Mask = [page.Locator("input[type=password]"), .. _secrets], Animations = ScreenshotAnimations.Disabled });
            _screenshots.Add(new PortalScreenshot(string.Create(CultureInfo.InvariantCulture, $"{_screenshots.Count + 1:D2} {_phase} – {what}"), png));
        }
        catch (Exception problem) when (problem is TimeoutException or PlaywrightException)
        {
            // A picture is a comfort: its failure must neither hide the result nor stop the run.
            _screenshots.Add(new PortalScreenshot(string.Create(CultureInfo.InvariantCulture, $"{_screenshots.Count + 1:D2} {_phase} – {what} (capture impossible)"), []));
        }
    }

    private static string Short(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 300 ? line : line[..300] + "…";
    }
}
