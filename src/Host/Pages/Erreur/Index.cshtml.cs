using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Host.Infrastructure.Errors;

namespace MonOPCO.Host.Pages.Erreur;

[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class IndexModel : PageModel
{
    public int Code { get; private set; }

    public string Title => ErrorPages.Title(Code);

    public string Reference => ErrorReference.Of(HttpContext);

    public string Text => Code switch
    {
        400 => "La page était peut-être ouverte depuis longtemps, ou un autre onglet a changé de session. Rien n’a été enregistré : revenez en arrière, rechargez et recommencez.",
        403 => "Votre compte ne permet pas d’ouvrir cette page. Si vous pensez que c’est une erreur, demandez à votre interlocuteur chez Netz.",
        404 => "Cette adresse ne mène à rien, ou à un élément que votre compte ne voit pas. Vérifiez le lien.",
        409 => "Quelqu’un a modifié cet élément pendant que vous y travailliez. Rechargez la page pour voir où il en est.",
        413 => "Le fichier dépasse la taille acceptée. Réduisez-le, ou envoyez-le en plusieurs parties.",
        429 => "Vous avez fait beaucoup d’essais en peu de temps. Patientez une minute et recommencez.",
        _ => "Le problème vient de chez nous et nous en sommes avertis. Rien de ce qui était déjà enregistré n’est perdu. Recommencez dans un instant.",
    };

    // Called again in place of the refused request, whatever its method was. Its form comes along: a field named « Code » is not the error's number.
    public void OnGet([FromRoute] int code) => Show(code);

    public void OnPost([FromRoute] int code) => Show(code);

    public void OnPut([FromRoute] int code) => Show(code);

    public void OnDelete([FromRoute] int code) => Show(code);

    private void Show(int code)
    {
        Code = code is >= 400 and < 600 ? code : 404;
        Response.StatusCode = Code;
    }
}
