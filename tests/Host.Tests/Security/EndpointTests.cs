using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Security;

/// <summary>What holds for every address of the Host, found by asking the Host for them: a new one is looked at without being named here.</summary>
public sealed class EndpointTests(HostFixture host) : IClassFixture<HostFixture>
{
    /// <summary>Open to visitors. A page that joins them must be wanted here.</summary>
    private static readonly string[] Open =
    [
        "", "accessibilite", "affichage", "confidentialite", "connexion", "connexion/lien", "connexion/lien-envoye", "deconnexion", "demande", "demande/confirmer", "demande/verifiez", "designer/_monopco/{file}",
        "designer/appsettings.json", "designer/{**path}", "elsa/api/identity/login", "erreur/{code:int}", "financable", "health/live", "health/ready", "mentions-legales", "signature", "signature/{token}",
        "signature/{token}/document", "style", "workflows/{**path}", "{**path}",
    ];

    /// <summary>Only these run WebAssembly and the styles that Studio writes.</summary>
    private static readonly string[] WithStudio = ["designer/procedures/{definitionId}", "designer/instances/{instanceId:guid}"];

    private static readonly string[] Always =
        ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security", "Cache-Control"];

    private IEnumerable<RouteEndpoint> Endpoints => host.Services.GetServices<EndpointDataSource>().SelectMany(x => x.Endpoints).OfType<RouteEndpoint>();

    [Fact]
    public void Endpoints_OpenToVisitors_AreThoseThatAreMeantToBe()
    {
        var open = Endpoints.Where(x => x.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(x => x.RoutePattern.RawText!.Trim('/').ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(Open.Select(x => x.ToLowerInvariant()).Order(StringComparer.Ordinal), open);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Roles.SuperAdmin)]
    public async Task Answer_OfEveryEndpoint_HasTheHeaders(string? role)
    {
        var client = (role is null ? host.Visitor() : await host.SignInAsync(role)).Client;
        var wrong = new List<string>();
        var looked = 0;
        foreach (var (path, pattern) in Endpoints.Where(x => Methods(x).Contains("GET")).Select(x => (Path: PathOf(x.RoutePattern), Pattern: x.RoutePattern.RawText!.Trim('/'))).Distinct().ToList())
        {
            // HSTS is not said to localhost, where the session's cookie belongs.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri((role is null ? "https://monopco.test/" : "https://localhost/") + path));
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            looked++;
            wrong.AddRange(Always.Where(x => !Has(answer, x) && (role is null || x != "Strict-Transport-Security")).Select(x => $"{path}: {(int)answer.StatusCode}, no {x}"));
            if (answer.StatusCode == HttpStatusCode.InternalServerError || Has(answer, "Server") || Has(answer, "X-Powered-By"))
            {
                wrong.Add($"{path}: {(int)answer.StatusCode}, {answer.Headers}");
            }

            var policy = string.Join(' ', answer.Headers.TryGetValues("Content-Security-Policy", out var values) ? values : []);
            if (!WithStudio.Contains(pattern) && !pattern.StartsWith("workflows", StringComparison.Ordinal) && policy.Contains("unsafe", StringComparison.Ordinal))
            {
                wrong.Add($"{path}: {policy}");
            }

            if (role is null && answer.StatusCode == HttpStatusCode.OK && !Open.Contains(pattern, StringComparer.OrdinalIgnoreCase))
            {
                wrong.Add($"{path}: shown to a visitor");
            }
        }

        Assert.True(looked > 90, $"{looked} endpoints");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>A page elsewhere makes the browser send something with the session's cookie.</summary>
    [Fact]
    public async Task Change_AskedForByAnotherSite_IsRefusedEverywhere()
    {
        var client = (await host.SignInAsync(Roles.SuperAdmin)).Client;
        var wrong = new List<string>();
        foreach (var endpoint in Endpoints)
        {
            // A page takes forms whatever its metadata says.
            var isPage = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null;
            foreach (var method in isPage ? ["POST"] : Methods(endpoint).Where(x => x is not ("GET" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT")))
            {
                var path = PathOf(endpoint.RoutePattern);
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("/" + path, UriKind.Relative)) { Content = isPage ? new FormUrlEncodedContent([]) : JsonContent.Create(new JsonObject()) };
                request.Headers.Add("Origin", "https://ailleurs.example");
                request.Headers.Add("Sec-Fetch-Site", "cross-site");
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

                // The sign-in of programs sets no cookie; health changes nothing; what procedures answer at an address that nobody waits at is not found.
                if ((int)answer.StatusCode < 400 && !path.StartsWith("erreur/", StringComparison.Ordinal) && !path.StartsWith("health/", StringComparison.Ordinal) && path != "elsa/api/identity/login")
                {
                    wrong.Add($"{method} {path}: {(int)answer.StatusCode}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool Has(HttpResponseMessage answer, string name) => answer.Headers.Concat(answer.Content.Headers).Any(x => x.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"];

    private static string PathOf(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => parameter.ParameterPolicies.Select(x => x.Content).ToList() switch
        {
            var x when x.Contains("guid") => "0190a3c4-0000-7000-8000-000000000001",
            var x when x.Contains("int") || x.Contains("long") => "404",
            _ => "inconnu",
        },
        _ => "",
    }))));
}
