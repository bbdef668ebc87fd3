using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Dossiers;

internal static class DossierRoute
{
    /// <summary>The dossier of the address with the people around it; null = 404.</summary>
    public static Task<Dossier?> FindDossierAsync(this MonOpcoDbContext database, string? numero, CancellationToken cancellationToken) => database.Dossiers.AsNoTracking()
        .Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires.OrderBy(b => b.Position)).FirstOrDefaultAsync(x => x.Numero == numero, cancellationToken);
}
