namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>For <c>_Roles</c>: what is ticked, what this administrator may tick.</summary>
public sealed record RoleChoice(IReadOnlyList<string> Chosen, IReadOnlyList<string> Grantable);
