using Microsoft.EntityFrameworkCore;

namespace MonOPCO.Domain.Data;

/// <summary>Brings a database to the current schema.</summary>
public static class DatabaseSetup
{
    /// <summary>Runs under an advisory lock, so that Hosts starting together do not collide. The connection string is the owner's.</summary>
    public static async Task MigrateAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        await using var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(ownerConnectionString).Options);
        await context.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Changes whenever the schema does: the model's create script. Tests name their template database after it.</summary>
    public static string SchemaFingerprint()
    {
        using var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql("Host=none").Options);
        return context.Database.GenerateCreateScript();
    }
}
