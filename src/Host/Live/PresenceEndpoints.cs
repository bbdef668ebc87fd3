using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using MonOPCO.Domain.News;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Live;

/// <summary>« Nadia consulte ce dossier depuis 2 min, modifie »: who is on a task or a dossier, and the soft lock.</summary>
internal static partial class PresenceEndpoints
{
    public static void MapPresence(this WebApplication app)
    {
        var group = app.MapGroup("/presence").RequireAuthorization(Policies.Staff).AddEndpointFilter(async (context, next) =>
        {
            try
            {
                await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context.HttpContext);
            }
            catch (AntiforgeryValidationException)
            {
                return Results.Problem("Rechargez la page : elle est ouverte depuis trop longtemps.", statusCode: StatusCodes.Status400BadRequest);
            }

            return Subject().IsMatch(context.HttpContext.Request.Query["sujet"].ToString()) ? await next(context) : Results.Problem("Sujet inconnu.", statusCode: StatusCodes.Status400BadRequest);
        });
        group.MapPost("/", async (string sujet, bool modifie, HttpContext context, PresenceService presence, TimeProvider clock) =>
            Answer(await presence.BeatAsync(sujet, context.User.Id(), context.User.ShownName(), modifie, context.RequestAborted), clock.GetUtcNow()));
        group.MapPost("/main", async (string sujet, HttpContext context, PresenceService presence, TimeProvider clock) =>
            Answer(await presence.TakeHandAsync(sujet, context.User.Id(), context.User.ShownName(), context.RequestAborted), clock.GetUtcNow()));
        group.MapPost("/depart", async (string sujet, HttpContext context, PresenceService presence) =>
        {
            await presence.LeaveAsync(sujet, context.User.Id(), context.RequestAborted);
            return Results.NoContent();
        });
    }

    private static IResult Answer(Room room, DateTimeOffset now) => Results.Json(new
    {
        mine = room.HandIsMine,
        takenBy = room.TakenBy is null ? null : $"{room.TakenBy} a pris la main : vérifiez avec cette personne avant de continuer.",
        locked = room.Others.FirstOrDefault(x => x.HasHand)?.Name,
        others = room.Others.Select(x => new { name = x.Name, words = Words(x, now), editing = x.Editing }),
    });

    private static string Words(Beside other, DateTimeOffset now)
    {
        var minutes = (int)(now - other.Since).TotalMinutes;
        return $"{other.Name} est ici{(minutes < 1 ? "" : minutes < 60 ? $" depuis {minutes}\u00A0min" : $" depuis {minutes / 60}\u00A0h")}{(other.Editing ? ", modifie" : "")}";
    }

    [GeneratedRegex("^(task|dossier):[0-9a-f-]{36}$")]
    private static partial Regex Subject();
}
