using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.Errors;
using MonOPCO.Host.Infrastructure.Security;

namespace MonOPCO.Host.SignIn;

internal static class Extensions
{
    private const string SmartScheme = "MonOPCO";

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SignInSettings>().BindConfiguration("SignIn").ValidateDataAnnotations().ValidateOnStart();
        services.AddIdentityCore<User>(options =>
            {
                options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = 12;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
            })
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<MonOpcoDbContext>()
            .AddSignInManager()
            .AddClaimsPrincipalFactory<UserClaims>()
            .AddErrorDescriber<FrenchIdentityErrors>()
            .AddDefaultTokenProviders();
        services.AddOptions<IdentityOptions>().Configure<IOptions<SignInSettings>>((identity, settings) =>
        {
            identity.Lockout.MaxFailedAccessAttempts = settings.Value.AttemptsBeforeLockOut;
            identity.Lockout.DefaultLockoutTimeSpan = settings.Value.LockOut;
        });
        services.AddAuthentication(SmartScheme)
            .AddPolicyScheme(SmartScheme, null, options => options.ForwardDefaultSelector = context =>
                TokenAuthenticationHandler.Credential(context.Request) is null ? IdentityConstants.ApplicationScheme : TokenAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthenticationHandler>(TokenAuthenticationHandler.SchemeName, null)
            .AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure<IOptions<SignInSettings>>((cookie, settings) => Configure(cookie, settings.Value, builder.Environment)));

        // A password changed or an account stopped elsewhere ends open sessions within minutes, not half an hour.
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(5));
        services.AddAuthorization(Policies.Configure);
        services.AddScoped<SignInService>();
        services.AddScoped<AccessTokens>();
        services.AddScoped<MailQueue>();
        services.TryAddScoped<MailSink>(provider => (mail, _) =>
        {
            // Until the durable mail work registers its own sink: nothing leaves, and the log says so (without the recipient).
            provider.GetRequiredService<ILogger<MailQueue>>().LogWarning("Mail '{Template}' dropped: no sink is registered.", mail.Template);
            return Task.CompletedTask;
        });
        services.AddProtectionKeys();
        services.AddRateLimits();
    }

    private static void Configure(CookieAuthenticationOptions cookie, SignInSettings settings, IWebHostEnvironment environment)
    {
        cookie.LoginPath = "/connexion";
        cookie.LogoutPath = "/deconnexion";
        cookie.AccessDeniedPath = "/erreur/403";
        cookie.ReturnUrlParameter = "retour";
        cookie.ExpireTimeSpan = settings.SessionLifetime;
        cookie.SlidingExpiration = true;
        cookie.Cookie.Name = "monopco";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = environment.IsProduction() ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);

        // A refusal is a status, not a redirection: the address stays, the error page is shown in its place.
        cookie.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (ErrorReference.IsForPrograms(context.Request.Path))
        {
            context.Response.StatusCode = status;
        }
        else if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.StatusCode = status;
            context.Response.Headers["HX-Redirect"] = "/connexion";
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    /// <summary>Keys that protect cookies and tokens: in the database, which every Host shares, encrypted by the master key, which is not there.</summary>
    private static void AddProtectionKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("MonOPCO");
        services.AddSingleton<ProtectionKeys>();
        services.AddSingleton<MasterKeyXmlEncryptor>();
        services.AddOptions<KeyManagementOptions>().Configure<ProtectionKeys, MasterKeyXmlEncryptor>((keys, repository, encryptor) => (keys.XmlRepository, keys.XmlEncryptor) = (repository, encryptor));
    }
}
