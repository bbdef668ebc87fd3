using Npgsql;

namespace MonOPCO.Domain.Data;

/// <summary>The two pools of a running Host.</summary>
public sealed class DataSources(NpgsqlDataSource staff, NpgsqlDataSource portal) : IAsyncDisposable, IDisposable
{
    public NpgsqlDataSource Staff => staff;

    public NpgsqlDataSource Portal => portal;

    public async ValueTask DisposeAsync()
    {
        await staff.DisposeAsync();
        await portal.DisposeAsync();
    }

    public void Dispose()
    {
        staff.Dispose();
        portal.Dispose();
    }
}
