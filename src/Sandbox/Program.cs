namespace MonOPCO.Sandbox;

public static class Program
{
    public static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        app.MapGet("/health/live", () => "ok");
        await app.RunAsync();
    }
}
