using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MonOPCO.Host.Infrastructure;

public static class PageResults
{
    /// <summary>The same page with its messages and what was typed, status 400.</summary>
    public static PageResult Invalid(this PageModel page)
    {
        var result = page.Page();
        result.StatusCode = StatusCodes.Status400BadRequest;
        return result;
    }
}
