using System.Diagnostics;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.SignIn;

/// <summary>A floor that a test can measure.</summary>
public sealed class EvenTimeFixture : HostFixture
{
    public static readonly TimeSpan Floor = TimeSpan.FromSeconds(1);

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["SignIn:MinimumAnswerTime"] = Floor.ToString(), ["Front:SignaturesPerMinute"] = "1000" };
}

/// <summary>Forms that send a link: neither the answer nor its duration says whether there is anybody behind an address or a token.</summary>
public sealed class EvenTimeTests(EvenTimeFixture host) : IClassFixture<EvenTimeFixture>
{
    [Theory]
    [InlineData("/connexion", "Lien")]
    [InlineData("/signature", null)]
    public async Task AskForALink_KnownOrUnknownAddress_SameAnswerInTheSameTime(string url, string? handler)
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var known = await TimeAsync(url, handler, user.Email!);
        var unknown = await TimeAsync(url, handler, "personne@exemple.fr");
        Assert.Equal(known.Location, unknown.Location);
        Assert.All([known.Took, unknown.Took], took => Assert.True(took >= EvenTimeFixture.Floor - TimeSpan.FromMilliseconds(50), $"{took} is a hint."));
    }

    [Fact]
    public async Task NewLink_FromAnOldOrAnInventedOne_SameAnswerInTheSameTime()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var change = ChangeContext.System("Essai", host.Clock.GetUtcNow());
        var (_, token) = await host.WithAsync((MagicLinkService links) => links.CreateAsync(LinkPurpose.SignIn, user.Email!, TimeSpan.FromSeconds(-1), change, CancellationToken.None, user.Id.ToString()));
        var old = await TimeAsync("/connexion/lien", "Nouveau", null, token);
        Assert.Single(host.Mails, x => x.Recipient == user.Email);
        var invented = await TimeAsync("/connexion/lien", "Nouveau", null, "invente");
        Assert.Equal(old.Location, invented.Location);
        Assert.All([old.Took, invented.Took], took => Assert.True(took >= EvenTimeFixture.Floor - TimeSpan.FromMilliseconds(50), $"{took} is a hint."));
    }

    private async Task<(string? Location, TimeSpan Took)> TimeAsync(string url, string? handler, string? email, string? token = null)
    {
        var browser = host.Visitor();
        var page = await browser.GetAsync(token is null ? url : $"{url}?jeton={token}");
        var watch = Stopwatch.StartNew();
        var answer = await browser.PostAsync(page, url, new() { ["Email"] = email ?? "", ["Password"] = "", ["Jeton"] = token ?? "" }, handler);
        return (answer.Location, watch.Elapsed);
    }
}
