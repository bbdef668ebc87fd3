using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Tests.Data;

public sealed class SnakeCaseTests
{
    [Fact]
    public void Model_EveryTableAndColumn_IsSnakeCase()
    {
        using var context = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql("Host=none").Options);
        var names = context.Model.GetEntityTypes().Where(e => !e.IsMappedToJson()).SelectMany(e => e.GetProperties().Select(p => p.GetColumnName()).Append(e.GetTableName()!));
        Assert.All(names, name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
        Assert.Contains("users", context.Model.GetEntityTypes().Select(e => e.GetTableName()));
    }
}
