using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Host.Designer.Catalogue;

/// <summary>The lists of choices that activities name in <c>[Editor(Source = …)]</c>, read from our data when the designer asks.</summary>
public sealed class ChoiceSources(MonOpcoDbContext database, IConfiguration configuration)
{
    private readonly Dictionary<string, IReadOnlyList<Choice>> _read = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that activities may use.</summary>
    public static IReadOnlyList<string> Known { get; } = ["roles", "taskRoles", "opcos", "documentTypes", "documentTemplates", "mailTemplates", "dossierStates", "portals"];

    /// <summary>The choices of a list; an unknown name is a mistake of the activity and stops with the known ones.</summary>
    public async Task<IReadOnlyList<Choice>> ListAsync(string source, CancellationToken cancel)
    {
        if (!_read.TryGetValue(source, out var choices))
        {
            _read[source] = choices = await ReadAsync(source, cancel);
        }

        return choices;
    }

    private async Task<IReadOnlyList<Choice>> ReadAsync(string source, CancellationToken cancel) => source switch
    {
        "roles" => [.. Roles.All.Select(role => new Choice(role, Roles.Label(role)))],
        "taskRoles" => [.. Roles.All.Where(x => x is not (Roles.Beneficiaire or Roles.CompteService)).Select(role => new Choice(role, Roles.Label(role)))],
        "dossierStates" => [.. Enum.GetValues<DossierState>().Select(state => new Choice(state.ToString(), DossierStates.Label(state)))],
        "opcos" => await database.Set<Opco>().OrderBy(opco => opco.Name).Select(opco => new Choice(opco.Slug, opco.Name)).ToListAsync(cancel),
        "documentTypes" => await database.Set<DocumentType>().OrderBy(type => type.Label).Select(type => new Choice(type.Code, type.Label)).ToListAsync(cancel),
        "documentTemplates" => Files("templates", "documents", ".hbs"),
        "mailTemplates" => Files("templates", "mails", ".hbs"),
        "portals" => Files("portals", "", ".json"),
        _ => throw new InvalidOperationException($"No list of choices is called '{source}'; known: {string.Join(", ", Known)}."),
    };

    /// <summary>Files shipped beside the program, or where <c>Paths:…</c> says.</summary>
    private List<Choice> Files(string folder, string below, string extension)
    {
        var root = configuration[$"Paths:{folder}"] ?? Path.Combine(AppContext.BaseDirectory, folder);
        var path = Directory.Exists(Path.Combine(root, below)) ? Path.Combine(root, below) : root;
        if (!Directory.Exists(path))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(path, "*" + extension)
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Where(name => !name.StartsWith('_'))
                .Order(StringComparer.Ordinal)
                .Select(name => new Choice(name, name.Replace('-', ' '))),
        ];
    }
}
