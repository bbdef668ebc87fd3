using MonOPCO.Host;

var builder = WebApplication.CreateBuilder(args);
builder.AddMonOpco();
var app = builder.Build();
app.UseMonOpco();
await app.PrepareAsync();
await app.RunAsync();

public partial class Program;
