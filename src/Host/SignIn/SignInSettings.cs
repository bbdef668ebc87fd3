using System.ComponentModel.DataAnnotations;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.SignIn;

/// <summary>Section <c>SignIn</c>.</summary>
public sealed class SignInSettings
{
    /// <summary>How long a personal sign-in link works.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a program's access token works.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A session ends after so long, whatever happens in it.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>A session ends after so long without a request.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(4);

    /// <summary>The same two for « Rester connecté sur cet appareil ».</summary>
    public TimeSpan RememberedLifetime { get; set; } = TimeSpan.FromDays(30);

    public TimeSpan RememberedIdle { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Sensitive acts ask for the second factor again when it is older.</summary>
    public TimeSpan StepUpAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Forms sent from one address in a minute, right or wrong; a whole company may stand behind one address.</summary>
    [Range(1, 100_000)]
    public int AttemptsPerMinute { get; set; } = 120;

    /// <summary>Links sent to one mailbox in an hour, so that nobody floods it.</summary>
    [Range(1, 1_000)]
    public int LinksPerHour { get; set; } = 6;

    [Range(3, 100)]
    public int AttemptsBeforeLockOut { get; set; } = 6;

    public TimeSpan LockOut { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>No answer of the sign-in forms comes sooner: the time says nothing about whether an account exists.</summary>
    public TimeSpan MinimumAnswerTime { get; set; } = TimeSpan.FromMilliseconds(350);

    /// <summary>When an address is held back.</summary>
    public GuardLimits Guard { get; set; } = new();

    /// <summary>Tries, ended sessions and notices are forgotten after so long.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The longest life of an API key.</summary>
    public TimeSpan LongestKey { get; set; } = TimeSpan.FromDays(366);

    /// <summary>How long a rotated key goes on beside its successor.</summary>
    public TimeSpan KeyOverlap { get; set; } = TimeSpan.FromDays(7);
}
