using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Taches;

/// <summary>Acts on the task beside its answer: hand over, rank, say, join a file.</summary>
public sealed partial class TacheModel
{
    public async Task<IActionResult> OnPostConfierAsync(Guid? qui, string? motif, CancellationToken cancellationToken)
    {
        if ((await staff.AllAsync(cancellationToken)).FirstOrDefault(x => x.Id == qui) is not { } colleague)
        {
            this.Flash("warning", "Choisissez la personne à qui confier la tâche.");
            return RedirectToPage(new { Work.Id });
        }

        await TryAsync(() => tasks.ReassignAsync(Work.Id, colleague, User.Change(Now, Text(motif)), cancellationToken), $"La tâche est confiée à {colleague.Name}, qui en est averti.");
        return RedirectToPage(new { Work.Id });
    }

    public async Task<IActionResult> OnPostPrioriteAsync(TaskPriority priorite, string? motif, CancellationToken cancellationToken)
    {
        await TryAsync(() => tasks.ChangePriorityAsync(Work.Id, priorite, User.Change(Now, Text(motif)), cancellationToken), $"Priorité {TaskWords.Of(priorite)}.");
        return RedirectToPage(new { Work.Id });
    }

    public async Task<IActionResult> OnPostCommenterAsync(string? texte, CancellationToken cancellationToken)
    {
        if (texte is { Length: > 4000 })
        {
            Said = texte;
            ModelState.AddModelError("texte", "Un commentaire a au plus 4\u202F000 caractères.");
            return await AgainAsync(cancellationToken);
        }

        try
        {
            await thread.CommentAsync(Work.Id, texte ?? "", User.Change(Now), cancellationToken);
            return Redirect($"/taches/{Work.Id}#echanges");
        }
        catch (RuleBrokenException broken)
        {
            Said = texte;
            ModelState.AddModelError("texte", broken.Message);
            return await AgainAsync(cancellationToken);
        }
    }

    public async Task<IActionResult> OnPostJoindreAsync(IFormFile? piece, CancellationToken cancellationToken)
    {
        if (piece is null)
        {
            ModelState.AddModelError("piece", "Choisissez le fichier à joindre.");
            return await AgainAsync(cancellationToken);
        }

        try
        {
            await using var content = piece.OpenReadStream();
            await thread.AttachAsync(Work.Id, piece.FileName, content, User.Change(Now), cancellationToken);
            this.Flash("success", "Le fichier est joint.");
            return Redirect($"/taches/{Work.Id}#echanges");
        }
        catch (RuleBrokenException broken)
        {
            database.ChangeTracker.Clear();
            ModelState.AddModelError("piece", broken.Message);
            return await AgainAsync(cancellationToken);
        }
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim() is { Length: > 500 } words ? words[..500] : typed.Trim();
}
