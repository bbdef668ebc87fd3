using System.Reflection;

namespace MonOPCO.Engine.Activities;

/// <summary>All activities a Host knows: Elsa's built-in nodes and the <c>[Activity]</c> classes of the given assemblies. Built once, at start.</summary>
public sealed class ActivityRegistry
{
    /// <summary>Throws with every faulty or duplicate declaration, the known types listed.</summary>
    public ActivityRegistry(params IEnumerable<Assembly> assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
    }
}
