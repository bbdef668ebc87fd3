using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;
using Microsoft.Extensions.Options;

namespace MonOPCO.Integrations.Templates;

/// <summary>Handlebars.Net, kept logic-less: plain data, no unescaped output, no unknown name.</summary>
public sealed partial class TemplateRenderer(IOptions<TemplateOptions> options) : ITemplateRenderer
{
    private readonly TemplateOptions _options = options.Value;
    private readonly Lock _gate = new();
    private Library? _library;

    public RenderedDocument RenderDocument(string name, JsonElement data)
    {
        var library = Current();
        var values = new TemplateData(name, _options).Copy(data);
        return new RenderedDocument(
            Run(library.Documents, name, values),
            Run(library.Documents, "_entete", values),
            Run(library.Documents, "_pied", values));
    }

    public RenderedMail RenderMail(string name, JsonElement data)
    {
        var library = Current();
        var (subject, body) = MailBody.Split(name, Run(library.MailTexts, name, new TemplateData(name, _options).Copy(data)));
        var page = new TemplateData("_mise-en-page", _options).Copy(MailBody.Layout(subject, body, data));
        return new RenderedMail(subject, MailBody.Text(body + "\n\n" + Run(library.MailTexts, "_signature", page)), Run(library.MailPages, "_mise-en-page", page));
    }

    private string Run(Dictionary<string, HandlebarsTemplate<TextWriter, object, object>> templates, string name, Dictionary<string, object?> data)
    {
        if (!templates.TryGetValue(name, out var template))
        {
            throw new TemplateException(name, null, $"Le modèle « {name} » n'existe pas. Modèles connus : {string.Join(", ", templates.Keys.Where(k => k[0] != '_').Order(StringComparer.Ordinal))}.");
        }

        using var output = new BoundedWriter(name, _options.MaxOutputLength);
        try
        {
            template(output, data);
            return output.ToString();
        }
        catch (Exception problem) when (Find<TemplateException>(problem) is { } own)
        {
            throw own == problem ? own : new TemplateException(own.Template, own.Field, own.Message, problem);
        }
        catch (Exception problem) when (Find<HandlebarsUndefinedBindingException>(problem) is { } missing)
        {
            throw new TemplateException(name, missing.MissingKey ?? missing.Path, $"Le modèle « {name} » attend le champ « {missing.Path ?? missing.MissingKey} », absent des données.", problem);
        }
        catch (Exception problem) when (Find<HelperException>(problem) is { } helper)
        {
            throw new TemplateException(name, helper.Field, $"Modèle « {name} » : {helper.Message}", problem);
        }
        catch (HandlebarsException problem)
        {
            throw new TemplateException(name, null, $"Le modèle « {name} » n'a pas pu être rempli : {problem.Message}", problem);
        }
    }

    private static T? Find<T>(Exception? problem)
        where T : Exception
    {
        for (; problem is not null; problem = problem.InnerException)
        {
            if (problem is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The compiled templates; made again when a file changed, so that an owner sees an edited template without a restart.</summary>
    private Library Current()
    {
        var documents = Files("documents");
        var mails = Files("mails");
        var stamp = documents.Concat(mails).Aggregate(0L, (sum, file) => unchecked((sum * 31) + file.LastWriteTimeUtc.Ticks + file.Length));
        lock (_gate)
        {
            if (_library?.Stamp != stamp)
            {
                _library = new Library(stamp, Compile(documents, html: true), Compile(mails.Where(f => f.Name != "_mise-en-page.hbs"), html: false), Compile(mails.Where(f => f.Name == "_mise-en-page.hbs"), html: true));
            }

            return _library;
        }
    }

    private List<FileInfo> Files(string folder)
    {
        var directory = new DirectoryInfo(Path.Combine(_options.Root, folder));
        return directory.Exists
            ? [.. directory.EnumerateFiles("*.hbs").OrderBy(f => f.Name, StringComparer.Ordinal)]
            : throw new TemplateException(folder, null, $"Le dossier de modèles « {folder} » est introuvable (Templates:Root).");
    }

    private Dictionary<string, HandlebarsTemplate<TextWriter, object, object>> Compile(IEnumerable<FileInfo> files, bool html)
    {
        var engine = Handlebars.Create(new HandlebarsConfiguration
        {
            ThrowOnUnresolvedBindingExpression = true,
            NoEscape = !html,
            FormatProvider = CultureInfo.GetCultureInfo("fr-FR"),
            PartialRecursionDepthLimit = 16,
        });
        TemplateHelpers.Register(engine, html);
        var sources = files.ToDictionary(f => Path.GetFileNameWithoutExtension(f.Name), Read);
        foreach (var (name, source) in sources.Where(s => s.Key[0] == '_'))
        {
            engine.RegisterTemplate(name[1..], source);
        }

        return sources.ToDictionary(s => s.Key, s => Compile(engine, s.Key, s.Value));
    }

    private static HandlebarsTemplate<TextWriter, object, object> Compile(IHandlebars engine, string name, string source)
    {
        try
        {
            using var reader = new StringReader(source);
            return engine.Compile(reader);
        }
        catch (HandlebarsException problem)
        {
            throw new TemplateException(name, null, $"Le modèle « {name} » est mal écrit : {problem.Message}", problem);
        }
    }

    private string Read(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        if (file.Length > _options.MaxTemplateLength)
        {
            throw new TemplateException(name, null, $"Le modèle « {name} » est trop long.");
        }

        var source = File.ReadAllText(file.FullName).ReplaceLineEndings("\n");
        // Unescaped output would let a company's name write HTML into a convention.
        return Unescaped().Match(source) is { Success: true } found
            ? throw new TemplateException(name, null, $"Le modèle « {name} » contient « {found.Value} » : la sortie non échappée est interdite.")
            : source;
    }

    [GeneratedRegex(@"\{\{~?\s*(\{|&)", RegexOptions.CultureInvariant)]
    private static partial Regex Unescaped();

    private sealed record Library(
        long Stamp,
        Dictionary<string, HandlebarsTemplate<TextWriter, object, object>> Documents,
        Dictionary<string, HandlebarsTemplate<TextWriter, object, object>> MailTexts,
        Dictionary<string, HandlebarsTemplate<TextWriter, object, object>> MailPages);
}
