namespace MonOPCO.Host.Infrastructure.Errors;

internal static class ErrorPages
{
    /// <summary>People get a French page with a reference number, programs get problem+json with the same number.</summary>
    public static void UseErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = "/erreur/500",
            SuppressDiagnosticsCallback = static _ => false,
            CreateScopeForErrors = true,
        });
        app.UseWhen(context => !ErrorReference.IsForPrograms(context.Request.Path), people => people.UseStatusCodePagesWithReExecute("/erreur/{0}"));
        app.UseWhen(context => ErrorReference.IsForPrograms(context.Request.Path), programs =>
        {
            programs.UseExceptionHandler();
            programs.UseStatusCodePages();
        });
    }

    public static void AddErrorPages(this IServiceCollection services) => services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
    {
        problem.ProblemDetails.Extensions["reference"] = ErrorReference.Of(problem.HttpContext);
        problem.ProblemDetails.Title = Title(problem.ProblemDetails.Status ?? 500);
    });

    public static string Title(int status) => status switch
    {
        400 => "Demande incorrecte",
        401 => "Connexion nécessaire",
        403 => "Accès refusé",
        404 => "Page introuvable",
        409 => "Modifié entre-temps",
        413 => "Fichier trop volumineux",
        429 => "Trop de demandes",
        _ => "Une erreur est survenue",
    };
}
