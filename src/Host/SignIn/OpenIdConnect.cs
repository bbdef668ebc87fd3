using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MonOPCO.Host.SignIn;

/// <summary>The configured identity providers, in the order of the configuration.</summary>
public sealed record IdentityProviders(IReadOnlyList<OpenIdConnectSettings> All)
{
    public OpenIdConnectSettings? Find(string? name) => All.FirstOrDefault(x => x.Name == name);
}

/// <summary>Sign-on by a company's own accounts: authorization code with PKCE, the token's signature, issuer, audience, time and nonce checked by ASP.NET Core.</summary>
internal static class OpenIdConnect
{
    /// <summary>Where the provider's answer leads; the page decides whether an account opens.</summary>
    public const string ReturnPath = "/connexion/externe";

    public static void AddOpenIdConnectProviders(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var providers = configuration.GetSection("SignIn:OpenIdConnect").Get<List<OpenIdConnectSettings>>() ?? [];
        foreach (var provider in providers)
        {
            // A wrong entry stops the start, with the name of what is missing.
            Validator.ValidateObject(provider, new ValidationContext(provider), validateAllProperties: true);
            authentication.AddOpenIdConnect(provider.Scheme, provider.Label, options => Configure(options, provider));
        }

        authentication.Services.AddSingleton(new IdentityProviders(providers));
        authentication.Services.AddScoped<ExternalSignIn>();
    }

    private static void Configure(OpenIdConnectOptions options, OpenIdConnectSettings provider)
    {
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.Authority = provider.Authority;
        options.RequireHttpsMetadata = !new Uri(provider.Authority).IsLoopback;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecretFile is { } file ? File.ReadAllText(file).Trim() : null;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.CallbackPath = "/connexion/oidc/" + provider.Name;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "email", "profile"])
        {
            options.Scope.Add(scope);
        }

        options.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(2);
        foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
        {
            // The answer comes by a top-level GET.
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.Events.OnRemoteFailure = context =>
        {
            context.HttpContext.RequestServices.GetRequiredService<ILogger<ExternalSignIn>>().LogWarning("Sign-on by '{Provider}' refused: {Reason}", provider.Name, context.Failure?.GetType().Name);
            context.Response.Redirect($"{ReturnPath}?refus={Uri.EscapeDataString(provider.Name)}");
            context.HandleResponse();
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToIdentityProvider = context =>
        {
            // The address people use, not the one a request claims.
            var site = context.HttpContext.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<SiteSettings>>().Value;
            context.ProtocolMessage.RedirectUri = site.Link(options.CallbackPath);
            return Task.CompletedTask;
        };
        options.Events.OnAuthorizationCodeReceived = context =>
        {
            var site = context.HttpContext.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<SiteSettings>>().Value;
            context.TokenEndpointRequest!.RedirectUri = site.Link(options.CallbackPath);
            return Task.CompletedTask;
        };
    }
}
