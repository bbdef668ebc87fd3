using MonOPCO.Engine.Activities;

namespace MonOPCO.Engine.Tests.Activities;

public class HttpRouteTests
{
    [Theory]
    [InlineData("orders/{id}", "/Orders/42/", """{"id":"42"}""")]
    [InlineData("orders/{id:int}", "orders/x", null)]
    [InlineData("orders/{id?}", "orders", "{}")]
    [InlineData("files/{**rest}", "files/a/b", """{"rest":"a/b"}""")]
    [InlineData("users/{userId}", "users/7", "{\"userId\":\"7\",\"userid\":\"7\"}")]
    [InlineData("a/b", "a/b/c", null)]
    [InlineData("a/{b}", "a", null)]
    public void Match_Path_GivesParameters(string template, string path, string? values) => Assert.Equal(values, HttpRoute.Parse(template).Match(path)?.ToJsonString());

    [Fact]
    public void Precedence_MostExactComesFirst() =>
        Assert.Equal(["a/b", "a/{b:int}", "a/{b}", "{**rest}"], new[] { "{**rest}", "a/{b}", "a/b", "a/{b:int}" }.Select(HttpRoute.Parse).OrderBy(r => r.Precedence, StringComparer.Ordinal).Select(r => r.Text));
}
