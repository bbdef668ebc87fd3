namespace MonOPCO.Sandbox;

/// <summary>How to start a Sandbox. Port 0 takes a free port, so that several can live in one process.</summary>
public sealed record SandboxOptions
{
    /// <summary>Listening port of the web pages on the loopback address; ignored when <see cref="Urls"/> is given.</summary>
    public int HttpPort { get; init; }

    /// <summary>Complete listening addresses, as on the command line (`--urls`).</summary>
    public string? Urls { get; init; }

    /// <summary>Port of the SMTP server on the loopback address.</summary>
    public int SmtpPort { get; init; }

    /// <summary>Folder that keeps portals' dossiers and received mail over a restart; null keeps all in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Largest message the SMTP server takes.</summary>
    public int MaxMessageBytes { get; init; } = 25 * 1024 * 1024;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool LogToConsole { get; init; }
}
