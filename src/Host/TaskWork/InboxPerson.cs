using System.Security.Claims;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Pages.Taches;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.TaskWork;

/// <summary>Whose inbox it is: the person's own keys and the absent people he or she stands in for today.</summary>
public sealed class InboxPerson(DelegationService delegations, TimeProvider clock)
{
    private IReadOnlyList<Delegation>? _standsFor;

    public async Task<InboxKeys> KeysAsync(ClaimsPrincipal person, CancellationToken cancellationToken) =>
        TaskLook.Keys(person) with { StandsFor = [.. (await StandsForAsync(person, cancellationToken)).Select(x => x.UserId)] };

    public async Task<IReadOnlyList<Delegation>> StandsForAsync(ClaimsPrincipal person, CancellationToken cancellationToken) =>
        _standsFor ??= await delegations.StandsForAsync(person.Id(), clock.GetUtcNow(), cancellationToken);
}
