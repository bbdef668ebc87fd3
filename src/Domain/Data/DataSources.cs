using Npgsql;

namespace MonOPCO.Domain.Data;

/// <summary>The pools of a running Host.</summary>
public sealed class DataSources(NpgsqlDataSource staff, NpgsqlDataSource portal, NpgsqlDataSource? lists = null) : IAsyncDisposable, IDisposable
{
    /// <summary>The staff's role for reading lists: see <see cref="ForLists"/>.</summary>
    public NpgsqlDataSource Lists => lists ?? staff;

    public NpgsqlDataSource Staff => staff;

    public NpgsqlDataSource Portal => portal;

    /// <summary>
    /// Questions of lists differ by their values: each is planned for its own (a prepared plan for any value would be wrong for most), and compiling a plan costs more than running it.
    /// </summary>
    public static NpgsqlDataSource ForLists(string staffConnectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(staffConnectionString) { MaxAutoPrepare = 0 };
        builder.Options = $"{builder.Options} -c jit=off -c random_page_cost=1.1 -c plan_cache_mode=force_custom_plan".Trim();
        return NpgsqlDataSource.Create(builder.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await staff.DisposeAsync();
        if (lists is not null)
        {
            await lists.DisposeAsync();
        }

        await portal.DisposeAsync();
    }

    public void Dispose()
    {
        staff.Dispose();
        lists?.Dispose();
        portal.Dispose();
    }
}
