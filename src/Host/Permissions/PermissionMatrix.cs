using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users.Permissions;

namespace MonOPCO.Host.Permissions;

/// <summary>The matrix as this Host remembers it. A change on any Host acts at the next request on every Host: each request compares one number.</summary>
public sealed class PermissionMatrix(IServiceScopeFactory scopes, DataSources sources)
{
    private volatile Snapshot? _snapshot;

    public sealed record Snapshot(long Version, IReadOnlySet<(string Role, string Permission)> Granted)
    {
        public bool Allows(IEnumerable<string> roles, string permission) => roles.Any(role => Granted.Contains((role, permission)));
    }

    public async Task<Snapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is { } known && known.Version == await VersionAsync(cancellationToken))
        {
            return known;
        }

        await using var scope = scopes.CreateAsyncScope();
        var (version, granted) = await scope.ServiceProvider.GetRequiredService<PermissionService>().ReadAsync(cancellationToken);
        return _snapshot = new Snapshot(version, granted);
    }

    private async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand("select version from permission_versions");
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }
}
