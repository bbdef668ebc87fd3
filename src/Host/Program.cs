using MonOPCO.Host;
using MonOPCO.Host.Commands;

if (await Maintenance.RunAsync(args) is { } exitCode)
{
    return exitCode;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddMonOpco();
var app = builder.Build();
app.UseMonOpco();
await app.RunMonOpcoAsync();
return 0;

public partial class Program;
