using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using MonOPCO.Host.Infrastructure.Security;
using MonOPCO.Host.Pages.Espace.Dossiers;
using MonOPCO.Host.Pages.Public;
using MonOPCO.Host.Pages.Signature;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>Rate limiters of pages that need no account; only POST counts.</summary>
internal static class FrontLimits
{
    /// <summary>Each look-up asks a public register that shares its quota between everybody.</summary>
    public const string Look = "financable";

    /// <summary>Codes and links of signers.</summary>
    public const string Sign = "signature";
}

internal static class Extensions
{
    /// <summary>What the public pages and the spaces of companies, employees and consultants need.</summary>
    public static void AddFront(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddScoped<CompanyFinder>();
        services.AddScoped<FundingAnswers>();
        services.AddScoped<RequestDrafts>();
        services.AddScoped<CompanyAccounts>();
        services.AddScoped<ComplementAnswers>();
        services.AddScoped<SignPage>();
        var settings = builder.Configuration.GetSection("Front");
        services.Configure<RateLimiterOptions>(limiter =>
        {
            Add(FrontLimits.Look, settings.GetValue("LooksPerMinute", 30));
            Add(FrontLimits.Sign, settings.GetValue("SignaturesPerMinute", 30));

            void Add(string name, int perMinute) => limiter.AddPolicy(name, context => HttpMethods.IsPost(context.Request.Method)
                ? RateLimits.PerMinute(RateLimits.Address(context), perMinute)
                : RateLimitPartition.GetNoLimiter(""));
        });
    }
}
