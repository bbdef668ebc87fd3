namespace MonOPCO.Integrations.Tests;

/// <summary>Finds the repository's own folders from wherever the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder) =>
        folder is null ? throw new DirectoryNotFoundException("MonOPCO.sln was not found above the tests.")
        : File.Exists(System.IO.Path.Combine(folder.FullName, "MonOPCO.sln")) ? folder.FullName
        : Find(folder.Parent);
}
