using System.Collections.Concurrent;
using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>The dossiers of all portals, their numbering and counters; written to the vault at each change.</summary>
public sealed class PortalStore
{
    private sealed record Saved(Dictionary<string, Portal> Portals);

    private sealed record Portal
    {
        public int LastNumber { get; set; }
        public int Submissions { get; set; }
        public List<PortalDossier> Dossiers { get; init; } = [];
    }

    private readonly Lock gate = new();
    private readonly Dictionary<string, Portal> portals;
    private readonly ConcurrentDictionary<string, PortalFaults> faults = [];
    private readonly Vault vault;
    private readonly TimeProvider time;

    public PortalStore(Vault vault, TimeProvider time)
    {
        this.vault = vault;
        this.time = time;
        portals = vault.LoadJson<Saved>("portails")?.Portals ?? [];
    }

    public PortalFaults Faults(string slug) => faults.GetOrAdd(slug, _ => new PortalFaults());

    public IReadOnlyList<PortalDossier> Dossiers(string slug)
    {
        lock (gate)
        {
            return [.. Of(slug).Dossiers];
        }
    }

    public PortalDossier? Find(string slug, string portalRef) => Dossiers(slug).FirstOrDefault(d => d.PortalRef.Equals(portalRef, StringComparison.OrdinalIgnoreCase));

    /// <summary>Submissions received, whether or not they repeat a reference already there.</summary>
    public int Submissions(string slug)
    {
        lock (gate)
        {
            return Of(slug).Submissions;
        }
    }

    public void CountSubmission(string slug)
    {
        lock (gate)
        {
            Of(slug).Submissions++;
            Save();
        }
    }

    /// <summary>Records a request and gives it its number. Like a real portal it accepts the same "votre référence" twice.</summary>
    public PortalDossier Submit(PortalSite site, Func<string, DateTimeOffset, PortalDossier> make)
    {
        lock (gate)
        {
            var portal = Of(site.Slug);
            var now = time.GetUtcNow();
            portal.LastNumber = Math.Max(portal.LastNumber, site.FirstNumber - 1) + 1;
            var dossier = make(site.Number(Fr.Year(now), portal.LastNumber), now) with { Messages = [new PortalEvent(now, site.Name, "Votre demande a été reçue.")] };
            portal.Dossiers.Add(dossier);
            Save();
            return dossier;
        }
    }

    /// <summary>Changes one dossier; null when there is none of that number.</summary>
    public PortalDossier? Update(string slug, string portalRef, Func<PortalDossier, DateTimeOffset, PortalDossier> change)
    {
        lock (gate)
        {
            var dossiers = Of(slug).Dossiers;
            var index = dossiers.FindIndex(d => d.PortalRef.Equals(portalRef, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                return null;
            }

            dossiers[index] = change(dossiers[index], time.GetUtcNow());
            Save();
            return dossiers[index];
        }
    }

    /// <summary>Forgets the dossiers of one portal; its numbering goes on.</summary>
    public void Clear(string slug)
    {
        lock (gate)
        {
            Of(slug).Dossiers.Clear();
            Of(slug).Submissions = 0;
            Save();
        }
    }

    internal void ReleaseAll()
    {
        foreach (var fault in faults.Values)
        {
            fault.Release();
        }
    }

    private Portal Of(string slug) => portals.TryGetValue(slug, out var portal) ? portal : portals[slug] = new Portal();

    private void Save() => vault.SaveJson("portails", new Saved(portals));
}
