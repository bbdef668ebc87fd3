namespace MonOPCO.Host.Tests;

public sealed class HostRolesTests
{
    [Fact]
    public void Parse_Nothing_AllRoles() => Assert.Equal(new HostRoles(true, true, true), HostRoles.Parse(null));

    [Fact]
    public void Parse_Some_OnlyThose() => Assert.Equal(new HostRoles(false, true, true), HostRoles.Parse("worker, bot"));

    [Theory]
    [InlineData("webb")]
    [InlineData("web,workers")]
    [InlineData(",")]
    public void Parse_Unknown_StopsTheStart(string roles) => Assert.Throws<InvalidOperationException>(() => HostRoles.Parse(roles));
}
