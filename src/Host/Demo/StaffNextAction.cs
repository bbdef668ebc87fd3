using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Demo;

/// <summary>What the staff does when no task waits, and where the OPCO agent is played for the dossier that is at an OPCO now.</summary>
internal static class StaffNextAction
{
    private static readonly DossierState[] AtOpco = [DossierState.Depose, DossierState.EnInstruction, DossierState.ComplementDemande];

    public static async Task<NextStep?> FindAsync(MonOpcoDbContext database, ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (person.IsInRole(Roles.ResponsableProcedures))
        {
            return new NextStep("Changer une procédure dans le concepteur", "Ouvrez « Dossier de bilan de compétences (PDC) », changez une connexion, publiez : le prochain dossier la suit, celui en cours garde sa version.", "/procedures", null);
        }

        // An operator follows what has just moved at an OPCO.
        var filed = !person.IsInRole(Roles.Operateur) ? null : await database.Dossiers.AsNoTracking().Where(x => AtOpco.Contains(x.State)).OrderByDescending(x => x.StateSince)
            .Select(x => new { x.Numero, x.Title }).FirstOrDefaultAsync(cancellationToken);
        return filed is null ? null : new NextStep($"Relire le portail pour {filed.Numero}", $"« {filed.Title} » est chez l’OPCO : jouez son agent, puis relisez le portail.", $"/dossiers/{filed.Numero}", null);
    }

    /// <summary>The agent's page of the latest request at an OPCO; without one the list of the Sandbox.</summary>
    public static async Task<string> AgentUrlAsync(MonOpcoDbContext database, string agent, CancellationToken cancellationToken)
    {
        // One that waits for the OPCO before one that waits for us.
        var filed = await database.Dossiers.AsNoTracking().Where(x => AtOpco.Contains(x.State) && x.OpcoSlug != null).OrderBy(x => x.State == DossierState.ComplementDemande).ThenByDescending(x => x.StateSince)
            .Select(x => new { x.OpcoSlug, x.PortalReference }).FirstOrDefaultAsync(cancellationToken);
        return filed is null ? agent : filed.PortalReference is { } reference ? $"{agent}/{filed.OpcoSlug}/{Uri.EscapeDataString(reference)}" : $"{agent}/{filed.OpcoSlug}";
    }
}
