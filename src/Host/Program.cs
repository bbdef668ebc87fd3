using MonOPCO.Host;

var builder = WebApplication.CreateBuilder(args);
builder.AddMonOpco();
var app = builder.Build();
app.UseMonOpco();
await app.RunMonOpcoAsync();

public partial class Program;
