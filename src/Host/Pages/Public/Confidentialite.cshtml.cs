using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Host.Pages.Public;

/// <summary>The public privacy page: the register itself, so that the two cannot disagree. Controller and contact come from <c>Site:DataController</c> and <c>Site:DataContact</c>.</summary>
public sealed class ConfidentialiteModel(MonOpcoDbContext database, IConfiguration configuration) : PageModel
{
    public IReadOnlyList<ProcessingRecord> Records { get; private set; } = [];

    public string Controller { get; } = configuration["Site:DataController"] ?? "";

    public string Contact { get; } = configuration["Site:DataContact"] ?? "";

    public async Task OnGetAsync(CancellationToken cancellationToken) => Records = await database.ProcessingRecords.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken);
}
