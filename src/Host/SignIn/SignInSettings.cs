using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Host.SignIn;

/// <summary>Section <c>SignIn</c>.</summary>
public sealed class SignInSettings
{
    /// <summary>How long a personal sign-in link works.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a program's access token works.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Forms sent from one address in a minute.</summary>
    [Range(1, 100_000)]
    public int AttemptsPerMinute { get; set; } = 20;

    /// <summary>Links sent to one mailbox in an hour, so that nobody floods it.</summary>
    [Range(1, 1_000)]
    public int LinksPerHour { get; set; } = 6;

    [Range(3, 100)]
    public int AttemptsBeforeLockOut { get; set; } = 6;

    public TimeSpan LockOut { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>No answer of the sign-in forms comes sooner: the time says nothing about whether an account exists.</summary>
    public TimeSpan MinimumAnswerTime { get; set; } = TimeSpan.FromMilliseconds(350);
}
