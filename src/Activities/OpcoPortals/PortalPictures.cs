using MonOPCO.Domain.Documents;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Activities.OpcoPortals;

internal static class PortalPictures
{
    /// <summary>Keeps the pictures of a run for the staff: they prove what the bot saw.</summary>
    internal static async Task<List<Guid>> KeepPicturesAsync(this DocumentStore store, IReadOnlyList<PortalScreenshot> pictures, ActivityContext context)
    {
        var ids = new List<Guid>();
        foreach (var picture in pictures)
        {
            var document = await store.AddAsync(
                new NewDocument(DocumentTypes.CaptureEcran, picture.Name + ".png", context.DossierId()) { ShowToCompany = false }, new MemoryStream(picture.Png), context.BotChange(), context.CancellationToken);
            ids.Add(document.Id);
        }

        return ids;
    }
}
