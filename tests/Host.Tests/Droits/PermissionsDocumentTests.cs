using System.Text;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Users.Permissions;

namespace MonOPCO.Host.Tests.Droits;

/// <summary><c>docs/droits.md</c> says what the default matrix and the declared endpoints say. <c>MONOPCO_WRITE_DOCS=1</c> writes it anew.</summary>
public class PermissionsDocumentTests
{
    [Fact]
    public void Document_IsWhatTheMatrixAndTheEndpointsSay()
    {
        var file = Path.Combine(Repository.Root, "docs", "droits.md");
        var text = Write(EndpointLine.Read());
        if (Environment.GetEnvironmentVariable("MONOPCO_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, "docs/droits.md is stale: run this test with MONOPCO_WRITE_DOCS=1.");
    }

    [Fact]
    public void Permissions_NamesAreUniqueAndRolesExist()
    {
        Assert.Equal(Policies.All.Count, Policies.All.Select(x => x.Name).Distinct().Count());
        Assert.Equal(Policies.All.Count, Policies.All.Select(x => x.Label).Distinct().Count());
        Assert.Empty(Policies.All.SelectMany(x => x.Roles).Except(Roles.All));
        Assert.All(Policies.All, x => Assert.Matches("^[a-z]+\\.[a-z]+$", x.Name));
        _ = new PermissionCatalogue(Policies.All);
        Assert.Throws<InvalidOperationException>(() => new PermissionCatalogue([new Permission("a.b", "", "", "", Roles.Entreprise)]));
    }

    private static string Write(IReadOnlyList<EndpointLine> lines)
    {
        var text = new StringBuilder(
            """
            # Droits

            Écrit à partir du code (`src/Host/Policies.cs`) et des points d’entrée déclarés (`tests/Host.Tests/Droits/endpoints.txt`) ; ne pas modifier à la main
            (`MONOPCO_WRITE_DOCS=1 dotnet test tests/Host.Tests --filter PermissionsDocument`). Un test envoie de vraies requêtes à chaque point d’entrée, sous chaque rôle,
            sur l’objet de sa propre entreprise et sur celui d’une autre, et compare.

            - Tout ce qui n’est pas accordé est refusé. Une zone refusée répond 403 ; un objet qui n’est pas à soi n’existe pas : 404.
            - Le super-administrateur modifie la matrice sur `/admin/droits`, avec un motif ; le changement agit à la requête suivante, sur tous les serveurs.
            - Le nom d’un droit est aussi une portée de clé d’API (`procedures.view`, `procedures.*`, `*`) : une clé peut ce que son compte peut et que ses portées nomment.
            - ● accordé par défaut, ○ possible, 🔒 accordé et protégé, vide : jamais.


            """);
        foreach (var group in Policies.All.GroupBy(x => x.Group))
        {
            text.Append("## ").Append(group.Key).Append("\n\n| Rôle | ").AppendJoin(" | ", group.Select(x => x.Label)).Append(" |\n|---|").Append(string.Concat(Enumerable.Repeat(":-:|", group.Count()))).Append('\n');
            foreach (var role in Roles.All)
            {
                text.Append("| ").Append(Roles.Label(role)).Append(" | ").AppendJoin(" | ", group.Select(x => Cell(x, role))).Append(" |\n");
            }

            text.Append('\n');
        }

        text.Append("## Ce que chaque droit ouvre\n");
        foreach (var permission in Policies.All)
        {
            text.Append("\n### ").Append(permission.Label).Append(" — `").Append(permission.Name).Append("`\n\n").Append(permission.Description).Append("\n\n");
            var opened = lines.Where(x => x.Rules.Contains(permission.Name)).ToList();
            text.Append(opened.Count == 0 ? "Aucun point d’entrée à lui seul.\n" : "");
            Append(text, opened, permission.Name);
        }

        text.Append("\n### Tout compte\n\nSon propre compte, quel que soit le rôle ; une clé d’API n’y entre qu’avec la portée `*`.\n\n");
        Append(text, [.. lines.Where(x => x.Rules.Contains("account"))], "account");
        text.Append("\n### Sans compte\n\nOuvert à tous : pages publiques, connexion, liens personnels (protégés par leur jeton), état de santé.\n\n");
        Append(text, [.. lines.Where(x => x.Rules.Contains("public"))], "public");
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<EndpointLine> lines, string permission)
    {
        foreach (var line in lines)
        {
            var others = line.Rules.Where(x => x != permission && x != "ends-session").ToList();
            text.Append("- `").Append(line.Key).Append('`').Append(others.Count > 0 ? $", avec `{string.Join("`, `", others)}`" : "").Append(line.Object is { } thing ? $" (objet : {thing})" : "").Append('\n');
        }
    }

    private static string Cell(Permission permission, string role) => (permission.IsDefault(role), permission.IsEditable(role)) switch
    {
        (true, true) => "●",
        (true, false) => "🔒",
        (false, true) => "○",
        _ => "",
    };
}
