using System.Text;
using MonOPCO.Activities.Notifications;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Host.Tests.Elsa;

/// <summary><c>docs/activities.md</c> says what the classes say. <c>MONOPCO_WRITE_DOCS=1</c> writes it anew.</summary>
public class ActivitiesDocumentTests
{
    [Fact]
    public void Document_IsWhatTheDescriptorsSay()
    {
        var file = Path.Combine(Root(), "docs", "activities.md");
        var text = Write(new ActivityRegistry(typeof(SiteOptions).Assembly));
        if (Environment.GetEnvironmentVariable("MONOPCO_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, "docs/activities.md is stale: run this test with MONOPCO_WRITE_DOCS=1.");
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MonOPCO.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }

    private static string Write(ActivityRegistry registry)
    {
        var text = new StringBuilder("# Activités\n\nÉcrit à partir des classes ; ne pas modifier à la main (`MONOPCO_WRITE_DOCS=1 dotnet test tests/Host.Tests --filter ActivitiesDocument`).\n");
        foreach (var category in registry.Descriptors.GroupBy(d => d.Category).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append("\n## ").Append(category.Key).Append('\n');
            foreach (var activity in category.OrderBy(d => d.Type, StringComparer.Ordinal).ThenBy(d => d.Version))
            {
                text.Append("\n### ").Append(activity.Title).Append(" — `").Append(activity.Type).Append(activity.Version > 1 ? "` version " + activity.Version : "`").Append("\n\n").Append(activity.Description);
                text.Append(activity.Kind == ActivityKind.Effect ? $" Action extérieure, file `{activity.Queue}`, {activity.MaxAttempts} tentatives." : "").Append(activity.IsTrigger ? " Peut démarrer un workflow." : "").Append('\n');
                Rows(text, "Entrées", activity.Inputs.Select(i => $"`{i.Name}` ({i.TypeName}{(i.Required ? ", obligatoire" : "")}) : {i.DisplayName}"));
                Rows(text, "Sorties", activity.Outputs.Select(o => $"`{o.Name}` ({o.TypeName}) : {o.DisplayName}"));
                Rows(text, "Issues", activity.Ports.Select(p => $"`{p.Name}` : {p.Title}{(p.IsEmbedded ? " (activité contenue)" : "")}"));
            }
        }

        return text.ToString();
    }

    private static void Rows(StringBuilder text, string title, IEnumerable<string> rows)
    {
        var list = rows.ToList();
        if (list.Count > 0)
        {
            text.Append('\n').Append(title).Append(" :\n");
            list.ForEach(row => text.Append("- ").Append(row).Append('\n'));
        }
    }
}
