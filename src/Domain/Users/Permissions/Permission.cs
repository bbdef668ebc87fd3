namespace MonOPCO.Domain.Users.Permissions;

/// <summary>Who may ever be given a permission: nobody of a client company is let into the console by a wrong click.</summary>
public enum PermissionKind
{
    /// <summary>For the staff's roles and for service accounts.</summary>
    Console,

    /// <summary>For the roles of the portal, on their own company's or person's data.</summary>
    Espace,

    /// <summary>As the code says; not editable.</summary>
    Fixed,
}

/// <summary>One right, with the roles that have it by default. <paramref name="Name"/> is also the policy's name and the scope of an API key.</summary>
public sealed record Permission(string Name, string Group, string Label, string Description, params IReadOnlyList<string> Roles)
{
    public PermissionKind Kind { get; init; }

    /// <summary>The Super admin can never lose it: somebody must be able to mend the matrix.</summary>
    public bool KeptBySuperAdmin { get; init; }

    /// <summary>Whether the cell can be changed, and if not what it holds for ever.</summary>
    public bool IsEditable(string role) => Kind switch
    {
        PermissionKind.Console => (Users.Roles.Staff.Contains(role) || role == Users.Roles.CompteService) && !(KeptBySuperAdmin && role == Users.Roles.SuperAdmin),
        PermissionKind.Espace => Users.Roles.Portal.Contains(role),
        _ => false,
    };

    public bool IsDefault(string role) => Roles.Contains(role);
}

/// <summary>Every permission of the product, in the order in which they are shown.</summary>
public sealed class PermissionCatalogue
{
    private readonly Dictionary<string, Permission> _byName;

    public PermissionCatalogue(IReadOnlyList<Permission> all)
    {
        All = all;
        _byName = all.ToDictionary(x => x.Name, StringComparer.Ordinal);
        if (all.SelectMany(x => x.Roles.Where(role => x.Kind != PermissionKind.Fixed && !x.IsEditable(role) && !(x.KeptBySuperAdmin && role == Roles.SuperAdmin)).Select(role => $"{x.Name} for {role}")).FirstOrDefault() is { } impossible)
        {
            throw new InvalidOperationException($"The default matrix gives what may never be given: {impossible}.");
        }
    }

    public IReadOnlyList<Permission> All { get; }

    public Permission? Find(string name) => _byName.GetValueOrDefault(name);
}
