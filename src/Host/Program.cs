using MonOPCO.Host;
using MonOPCO.Host.Commands;

if (args is ["backup" or "restore", ..])
{
    return await BackupCommands.RunAsync(args);
}

var builder = WebApplication.CreateBuilder(args);
builder.AddMonOpco();
var app = builder.Build();
app.UseMonOpco();
await app.RunMonOpcoAsync();
return 0;

public partial class Program;
