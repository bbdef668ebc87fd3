using System.Security.Claims;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

internal static class BeneficiaryOf
{
    /// <summary>The dossier is about this person: the account's address is that of a line of it.</summary>
    public static bool Is(ClaimsPrincipal person, Dossier dossier) =>
        SearchText.EmailKey(person.Email()) is { Length: > 0 } key && dossier.Beneficiaires.Any(x => SearchText.EmailKey(x.Email) == key);
}
