using Microsoft.AspNetCore.Http;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Tests.Designer;

public sealed class SameOriginFilterTests
{
    [Theory]
    [InlineData("GET", "cross-site", "https://evil.example", null, true)]
    [InlineData("POST", "same-origin", "https://monopco.example", null, true)]
    [InlineData("POST", "same-origin", null, null, true)]
    [InlineData("POST", null, "https://monopco.example", null, true)]
    [InlineData("POST", null, null, null, false)]
    [InlineData("POST", "cross-site", null, null, false)]
    [InlineData("POST", "same-site", "https://other.monopco.example", null, false)]
    [InlineData("POST", "none", null, null, false)]
    [InlineData("POST", null, "https://evil.example", null, false)]
    [InlineData("POST", null, "null", null, false)]
    [InlineData("DELETE", "same-origin", "https://evil.example", null, false)]
    [InlineData("POST", "cross-site", "https://evil.example", "ApiKey abc", true)]
    public void IsAllowed_Request_FollowsItsOrigin(string method, string? site, string? origin, string? authorization, bool expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Scheme = "https";
        request.Host = new HostString("monopco.example");
        Set("Sec-Fetch-Site", site);
        Set("Origin", origin);
        Set("Authorization", authorization);

        Assert.Equal(expected, SameOriginFilter.IsAllowed(request));

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers[name] = value;
            }
        }
    }
}
