namespace MonOPCO.Host.Demo;

/// <summary>Section <c>Demo</c>. The demonstration exists in the Development environment or where <c>Demo:Enabled</c> says so; nowhere else.</summary>
public sealed class DemoSettings
{
    public bool Enabled { get; set; }

    /// <summary>Password of the demonstration accounts, chosen by whoever sets the demonstration up; without one they open by the bar only.</summary>
    public string? Password { get; set; }

    /// <summary>Where the OPCO agent is played.</summary>
    public string? OpcoAgentUrl { get; set; }

    public static bool IsEnabled(IConfiguration configuration, IHostEnvironment environment) =>
        configuration.GetValue<bool?>("Demo:Enabled") ?? environment.IsDevelopment();
}
