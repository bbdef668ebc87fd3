using System.Reflection;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Data;
using MonOPCO.Host.Pages.Espace;

namespace MonOPCO.Host.Tests.Espace;

/// <summary>Every page of the « espace » works under the portal's PostgreSQL role: none of them, nor what they are made of, is given the staff's connection.</summary>
public class SpacePagesTests
{
    private static readonly Type[] StaffDoors = [typeof(MonOpcoDbContext), typeof(DataSources)];

    public static TheoryData<Type> Pages => [.. typeof(SpacePage).Assembly.GetTypes().Where(x => x.Namespace?.StartsWith(typeof(SpacePage).Namespace!, StringComparison.Ordinal) == true && !x.IsAbstract && x.IsAssignableTo(typeof(PageModel)))];

    [Theory]
    [MemberData(nameof(Pages))]
    [Trait("Requirement", "S000-N2")]
    public void Page_UsesThePortalRoleOnly(Type page)
    {
        Assert.True(page.IsAssignableTo(typeof(SpacePage)), $"{page.FullName} must derive from SpacePage and read through its session.");
        var way = WayToStaff(page, []);
        Assert.True(way is null, $"{page.FullName} reaches the staff's connection: {way}");
    }

    [Fact]
    public void Pages_AreFound_AndTheTestSeesAnIndirectWay()
    {
        Assert.True(Pages.Count >= 9);
        Assert.Equal("Indirect > DossierService > MonOpcoDbContext", WayToStaff(typeof(Indirect), []));
    }

    private static string? WayToStaff(Type type, HashSet<Type> seen)
    {
        if (StaffDoors.Contains(type))
        {
            return type.Name;
        }

        // The door itself: it opens sessions of the portal's pool and nothing else.
        if (type == typeof(PortalSessions) || type.Assembly.GetName().Name?.StartsWith("MonOPCO.", StringComparison.Ordinal) != true || !seen.Add(type))
        {
            return null;
        }

        return type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).SelectMany(x => x.GetParameters()).Select(x => WayToStaff(x.ParameterType, seen)).FirstOrDefault(x => x is not null) is { } way ? $"{type.Name} > {way}" : null;
    }

    private sealed class Indirect(MonOPCO.Domain.Dossiers.DossierService dossiers)
    {
        public override string ToString() => dossiers.ToString()!;
    }
}
