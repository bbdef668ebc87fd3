using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>A named list: built in, one's own, or shared by a colleague. <paramref name="Id"/> is null for the built-in ones.</summary>
public sealed record NamedView(string Name, string Url, Guid? Id = null, bool IsMine = false, string? SharedRole = null, bool IsDefault = false)
{
    public BoundedCount? Count { get; init; }
}

/// <summary>Saved views, preferences, and the views' counters: bounded, and kept for a moment, so that ten of them cost nothing.</summary>
public sealed class ListViews(MonOpcoDbContext database, DossierList list, IMemoryCache cache)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);

    private static readonly (string Name, string Query)[] BuiltIn =
    [
        ("Tous", ""),
        ("Mes dossiers", "?f=responsable:est:moi&f=groupe:pas:Refuse,Paye"),
        ("À déposer sous 7 jours", "?f=delai:entre:..7&tri=limite"),
        ("En examen depuis plus de 21 jours", "?f=groupe:est:EnExamen&f=duree:sup:21&tri=-duree"),
        ("Il manque quelque chose", "?f=manque:rempli&f=groupe:est:Brouillon,Envoye,EnExamen"),
        ("Accordés ce mois", "?f=accord:est:mois"),
    ];

    public async Task<IReadOnlyList<NamedView>> ForAsync(Guid userId, IReadOnlyList<string> roles, CancellationToken cancellationToken)
    {
        var standard = await database.ListPreferences.AsNoTracking().Where(x => x.UserId == userId).Select(x => x.DefaultViewId).FirstOrDefaultAsync(cancellationToken);
        var saved = await database.SavedViews.AsNoTracking().Where(x => x.OwnerId == userId || (x.SharedRole != null && roles.Contains(x.SharedRole))).OrderByDescending(x => x.OwnerId == userId).ThenBy(x => x.Name).Take(60).ToListAsync(cancellationToken);
        return
        [
            .. BuiltIn.Select(x => new NamedView(x.Name, x.Query.Length == 0 ? $"{ListState.Path}?vue=table" : ListState.Path + x.Query)),
            .. saved.Select(x => new NamedView(x.Name, UrlOf(x), x.Id, x.OwnerId == userId, x.SharedRole, x.Id == standard)),
        ];
    }

    public static string UrlOf(SavedView view) => QueryHelpers.AddQueryString(ListState.Path + view.Query, "v", view.Id.ToString());

    /// <summary>The same views with how many dossiers each holds.</summary>
    public async Task<IReadOnlyList<NamedView>> CountedAsync(IReadOnlyList<NamedView> views, ListContext context, CancellationToken cancellationToken)
    {
        var counted = new List<NamedView>();
        foreach (var view in views)
        {
            counted.Add(view with { Count = await CountAsync(ListState.Read(new QueryCollection(QueryHelpers.ParseQuery(new Uri(new Uri("http://x"), view.Url).Query))).Query, context, cancellationToken) });
        }

        return counted;
    }

    /// <summary>Kept for some seconds under the query and who asks (« moi »).</summary>
    public async Task<BoundedCount> CountAsync(DossierQuery query, ListContext context, CancellationToken cancellationToken) => await cache.GetOrCreateAsync(
        ("dossiers", context.UserId, QueryHelpers.AddQueryString("", query.Pairs())),
        entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Fresh;
            return list.CountAsync(query, context, cancellationToken);
        });

    public async Task<ListPreference?> PreferenceAsync(Guid userId, CancellationToken cancellationToken) => await database.ListPreferences.AsNoTracking().FirstOrDefaultAsync(x => x.UserId == userId, cancellationToken);

    /// <summary>Those of the address, else the person's own, else the usual ones.</summary>
    public async Task<IReadOnlyList<DossierColumn>> ColumnsAsync(Guid userId, IReadOnlyList<DossierColumn>? asked, CancellationToken cancellationToken) =>
        asked is { Count: > 0 } ? asked : (await PreferenceAsync(userId, cancellationToken))?.Columns.Select(DossierColumns.Find).OfType<DossierColumn>().ToArray() is { Length: > 0 } own ? own : DossierColumns.Usual;

    public async Task SaveColumnsAsync(Guid userId, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var preference = await OwnAsync(userId, cancellationToken);
        preference.Columns = [.. columns];
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>A view of that name is replaced. The role, if any, is one of the house.</summary>
    public async Task<SavedView> SaveAsync(Guid userId, string name, string query, string? role, bool isDefault, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var view = await database.SavedViews.FirstOrDefaultAsync(x => x.OwnerId == userId && x.Name == name, cancellationToken);
        if (view is null)
        {
            view = new SavedView { Id = Guid.CreateVersion7(now), OwnerId = userId, Name = name, Query = query, CreatedAt = now };
            database.SavedViews.Add(view);
        }

        (view.Query, view.SharedRole) = (query, role is not null && Roles.All.Contains(role) && !Roles.Portal.Contains(role) ? role : null);
        await database.SaveChangesAsync(cancellationToken);
        if (isDefault)
        {
            (await OwnAsync(userId, cancellationToken)).DefaultViewId = view.Id;
            await database.SaveChangesAsync(cancellationToken);
        }

        return view;
    }

    public async Task<bool> RemoveAsync(Guid userId, Guid id, CancellationToken cancellationToken) => await database.SavedViews.Where(x => x.Id == id && x.OwnerId == userId).ExecuteDeleteAsync(cancellationToken) == 1;

    /// <summary>False when the person may not see that view; null takes the choice back.</summary>
    public async Task<bool> SetDefaultAsync(Guid userId, IReadOnlyList<string> roles, Guid? id, CancellationToken cancellationToken)
    {
        if (id is not null && !await database.SavedViews.AnyAsync(x => x.Id == id && (x.OwnerId == userId || (x.SharedRole != null && roles.Contains(x.SharedRole))), cancellationToken))
        {
            return false;
        }

        (await OwnAsync(userId, cancellationToken)).DefaultViewId = id;
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    private async Task<ListPreference> OwnAsync(Guid userId, CancellationToken cancellationToken)
    {
        var preference = await database.ListPreferences.FirstOrDefaultAsync(x => x.UserId == userId, cancellationToken);
        if (preference is null)
        {
            preference = new ListPreference { UserId = userId };
            database.ListPreferences.Add(preference);
        }

        return preference;
    }
}
