namespace MonOPCO.Sandbox.Pages;

internal static class SubmittedForm
{
    /// <summary>The posted form. A body that is no form at all counts as an empty one: the page then complains about its fields instead of failing.</summary>
    public static async Task<IFormCollection> ReadSubmittedFormAsync(this HttpContext http)
    {
        try
        {
            return http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !http.RequestAborted.IsCancellationRequested)
        {
            return FormCollection.Empty;
        }
    }
}
