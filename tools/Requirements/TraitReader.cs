using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MonOPCO.Requirements;

/// <summary>Reads <c>[Trait("Requirement", "S000-2.F.7")]</c> from compiled test assemblies, without loading them.</summary>
public static class TraitReader
{
    private const string TraitName = "Requirement";

    /// <summary>Requirement ids with the full names of the tests that carry them. A trait of a class counts for each of its tests; one of a method that is no test counts for nothing.</summary>
    public static ILookup<string, string> Read(IEnumerable<string> assemblies) =>
        assemblies.SelectMany(ReadOne).Distinct().OrderBy(x => x.Test, StringComparer.Ordinal).ToLookup(x => x.Id, x => x.Test, StringComparer.Ordinal);

    private static List<(string Id, string Test)> ReadOne(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var found = new List<(string, string)>();
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            var name = $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            var ofClass = Ids(metadata, type.GetCustomAttributes());
            foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition).Where(x => IsTest(metadata, x)))
            {
                var test = $"{name}.{metadata.GetString(method.Name)}";
                found.AddRange(ofClass.Concat(Ids(metadata, method.GetCustomAttributes())).Select(id => (id, test)));
            }
        }

        return found;
    }

    private static List<string> Ids(MetadataReader metadata, CustomAttributeHandleCollection attributes) =>
        [.. attributes.Select(metadata.GetCustomAttribute).Where(x => NameOf(metadata, x) == "TraitAttribute").Select(x => Arguments(metadata, x)).Where(x => x.Name == TraitName).Select(x => x.Value)];

    // The two strings of TraitAttribute(name, value), as ECMA-335 II.23.3 lays them out: a prolog of two bytes, then each string with its length.
    private static (string? Name, string Value) Arguments(MetadataReader metadata, CustomAttribute attribute)
    {
        var value = metadata.GetBlobReader(attribute.Value);
        return value.ReadUInt16() == 1 ? (value.ReadSerializedString(), value.ReadSerializedString() ?? "") : (null, "");
    }

    private static bool IsTest(MetadataReader metadata, MethodDefinition method) =>
        method.GetCustomAttributes().Select(metadata.GetCustomAttribute).Any(x => NameOf(metadata, x) is "FactAttribute" or "TheoryAttribute");

    private static string? NameOf(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return parent.Kind == HandleKind.TypeReference ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) : null;
    }
}
