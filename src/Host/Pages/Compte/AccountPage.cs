using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Pages.Compte;

/// <summary>A page of one's own account.</summary>
public abstract class AccountPage(UserManager<User> users) : PageModel
{
    public User Account { get; private set; } = null!;

    protected UserManager<User> Users => users;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await users.GetUserAsync(User) is not { } account)
        {
            context.Result = Challenge();
            return;
        }

        Account = account;
        await next();
    }
}
