namespace MonOPCO.Engine.Expressions.JavaScript;

/// <summary><c>name.detail</c> or <c>name('detail')</c> in a script, where the name is the host's; null = a call without literal text. A write is an assignment to the member.</summary>
internal sealed record HostUse(string Name, string? Detail, bool IsWrite);
