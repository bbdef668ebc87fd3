using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace MonOPCO.Host.Tests.Droits;

/// <summary>
/// Every endpoint of the running Host × every role, visitors and an API key × one's own and another's object, by real requests, against the matrix and
/// <c>endpoints.txt</c>. An endpoint without a line, and a line without an endpoint, fail by name.
/// </summary>
public sealed partial class EndpointsTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    [Trait("Requirement", "S000-10")]
    [Trait("Requirement", "S001-1.3.6.1")]
    [Trait("Requirement", "S002-4.1.3")]
    public async Task EveryEndpoint_EveryRole_AnswersAsTheMatrixSays()
    {
        var endpoints = await EndpointList.ReadAsync(host.Services);
        var lines = EndpointLine.Read().ToDictionary(x => x.Key);
        var undeclared = endpoints.Where(x => !lines.ContainsKey(x.ToString())).Select(x => $"{x} | {x.Guess}").ToList();
        Assert.True(undeclared.Count == 0, "Endpoints without a line in tests/Host.Tests/Droits/endpoints.txt (what their attributes say is proposed):\n" + string.Join('\n', undeclared));
        var gone = lines.Keys.Except(endpoints.Select(x => x.ToString())).ToList();
        Assert.True(gone.Count == 0, "Lines of endpoints.txt without an endpoint:\n" + string.Join('\n', gone));
        var weaker = endpoints.Where(x => Attributes(x.Guess).Except(lines[x.ToString()].Rules.Append("account")).Any()).Select(x => $"{x}: attributes {x.Guess}, line {string.Join(" + ", lines[x.ToString()].Rules)}").ToList();
        Assert.True(weaker.Count == 0, "Lines that ask for less than the attributes do:\n" + string.Join('\n', weaker));
        var exports = endpoints.Where(x => x.Handler is "Csv" or "Export" && !lines[x.ToString()].Rules.Contains(Policies.Exports)).Select(x => x.ToString()).ToList();
        Assert.True(exports.Count == 0, "Lists that leave as files need exports.download:\n" + string.Join('\n', exports));

        var world = await World.BuildAsync(host);
        var wrong = new ConcurrentBag<string>();
        var sent = 0;

        // What ends a session comes last.
        foreach (var last in (bool[])[false, true])
        {
            await Parallel.ForEachAsync(world.Callers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (caller, cancel) =>
            {
                foreach (var endpoint in last ? endpoints.Reverse() : endpoints)
                {
                    var line = lines[endpoint.ToString()];
                    if (line.Rules.Contains("ends-session") == last)
                    {
                        foreach (var target in world.Targets(line.Object ?? "libre"))
                        {
                            Interlocked.Increment(ref sent);
                            try
                            {
                                if (await AskAsync(caller, endpoint, line, target, cancel) is { } mistake)
                                {
                                    wrong.Add(mistake);
                                }
                            }
                            catch (InvalidOperationException thrown)
                            {
                                // In this process an exception of a page comes out where a browser would see an error 500.
                                wrong.Add($"{caller.Name}: {endpoint} [{target.Name}] -> {thrown.Message}");
                            }
                        }
                    }
                }
            });
        }

        Assert.True(sent > 2000, $"Only {sent} requests were sent.");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {sent} answers differ from the matrix:\n" + string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(80)));
    }

    private static IEnumerable<string> Attributes(string guess) => guess.Split('+', StringSplitOptions.TrimEntries).Where(x => x != "account");

    private static async Task<string?> AskAsync(Caller caller, EndpointKey endpoint, EndpointLine line, Target target, CancellationToken cancel)
    {
        var path = Hole().Replace(endpoint.Route, x => target.Values.GetValueOrDefault(x.Groups[1].Value) ?? (line.Object is null ? Harmless(endpoint.Constraints[x.Groups[1].Value]) : throw new InvalidOperationException($"{endpoint}: the object '{line.Object}' has no value for {x.Value}.")));
        using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), path + (endpoint.Handler is null ? "" : "?handler=" + endpoint.Handler));
        request.Headers.Add("Origin", "https://localhost");
        if (endpoint.Method is not ("GET" or "DELETE"))
        {
            request.Content = path.StartsWith("/elsa/", StringComparison.Ordinal) || path.StartsWith("/api/", StringComparison.Ordinal)
                ? new StringContent("{}", Encoding.UTF8, "application/json")
                : new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = caller.Token });
        }

        using var response = await caller.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);

        // A stream of events has no end.
        var body = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync(cancel);
        var status = response.StatusCode;
        var toSignIn = status == HttpStatusCode.Unauthorized || (status is HttpStatusCode.Redirect && response.Headers.Location?.ToString() is { } to && to.Contains("/connexion?", StringComparison.Ordinal));
        var what = $"{caller.Name}: {endpoint} [{target.Name}] -> {(int)status}{(toSignIn ? " (sign in)" : "")}";
        if ((int)status >= 500 && status != HttpStatusCode.NotImplemented)
        {
            return what + ", an error";
        }

        var allowed = IsAllowed(caller, line);
        if (body.Contains(World.Canary, StringComparison.Ordinal) && !(allowed == true && target.Name == "own bilan" && target.IsVisibleTo(caller.Role)))
        {
            return what + ", WITH THE CONTENT OF A BILAN";
        }

        // Without a token, a form of somebody who is not signed in is refused as such (400), before anybody asks who it is.
        var isForm = request.Content is FormUrlEncodedContent;
        if (allowed is null)
        {
            return toSignIn || (isForm && status == HttpStatusCode.BadRequest) ? null : what + ", expected: sign in";
        }

        if (isForm && caller.Scopes is not null && status == HttpStatusCode.BadRequest)
        {
            return null;
        }

        if (allowed == false)
        {
            // Whether the area is refused or the object is not there may be told in either order: neither says more than the other.
            return status == HttpStatusCode.Forbidden || (status == HttpStatusCode.NotFound && line.Object is not null && !target.IsVisibleTo(caller.Role)) ? null : what + ", expected: 403";
        }

        if (line.Object is not null && !target.IsVisibleTo(caller.Role))
        {
            return status == HttpStatusCode.NotFound ? null : what + ", expected: 404";
        }

        var refused = toSignIn || status == HttpStatusCode.Forbidden || (line.Object is not null && status == HttpStatusCode.NotFound);
        return refused ? what + ", expected: allowed" : null;
    }

    /// <summary>A value that fits the route and names nothing.</summary>
    private static string Harmless(string constraint) => constraint switch { "guid" => "018f0000-0000-7000-8000-000000000000", "int" or "long" => "1", _ => "absent" };

    /// <summary>By the default matrix: null = must sign in, false = the whole area is refused.</summary>
    private static bool? IsAllowed(Caller caller, EndpointLine line)
    {
        if (line.Rules.Contains("public"))
        {
            return true;
        }

        if (!caller.IsSignedIn)
        {
            return null;
        }

        return line.Rules.Where(x => x != "ends-session").All(rule => rule == "account" ? caller.Scopes is null : InScope(caller.Scopes, rule) && Policies.All.Single(x => x.Name == rule).IsDefault(caller.Role ?? ""));
    }

    private static bool InScope(string[]? scopes, string rule) => scopes is null || scopes.Any(x => x == rule || (x.EndsWith(".*", StringComparison.Ordinal) && rule.StartsWith(x[..^1], StringComparison.Ordinal)));

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Hole();
}
