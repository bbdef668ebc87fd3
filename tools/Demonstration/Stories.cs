using MonOPCO.Demonstration.Scenes;

namespace MonOPCO.Demonstration;

/// <summary>A dossier of the demonstration: where it stands at the end, and how it comes there.</summary>
public sealed record Story(string Key, string Stage, Contact Contact, Training Training, IReadOnlyList<Employee> Employees, Func<Scene, Task> PlayAsync);

/// <summary>The six dossiers, the most advanced first: it is also the oldest.</summary>
public static class Stories
{
    public static IReadOnlyList<Story> All { get; } =
    [
        new("accorde", "Accordé, 1 800 € sur 2 400 €, reste accepté", Cast.Atelier, Cast.Bilan(40), [Cast.Sarah], async scene =>
        {
            await SignAllAsync(scene, bilan: true);
            await scene.ConfirmAsync();
            await scene.OpcoGrantsAsync("atlas", "1 800,00", "ACC-2026-7781");
            await scene.AcceptRemainderAsync();
        }),
        new("chez-opco", "chez l'OPCO, qui demande un complément (copilote)", Cast.Proprete, Cast.Team, [Cast.Hugo], async scene =>
        {
            await SignAllAsync(scene, bilan: false);
            await scene.FileByHandAsync();
            await scene.OpcoAsksAsync("akto", "Merci de joindre le calendrier des séances, avec les horaires.", "Calendrier des séances");
        }),
        new("a-confirmer", "le robot a rempli le portail, « Confirmer » attend l'opérateur", Cast.Cabinet, Cast.Payroll, [Cast.Sophie], async scene =>
        {
            await SignAllAsync(scene, bilan: false);
            await scene.FilledAsync();
        }),
        new("en-signature", "convention en signature, le salarié a dix jours", Cast.Atelier, Cast.Bilan(61), [Cast.Leo], async scene =>
        {
            await scene.ValidateAsync();
            await scene.SignAsCompanyAsync(Scene.Devis);
            await scene.SignAsCompanyAsync(Scene.Mandat);
            await scene.SignAsCompanyAsync(Scene.Convention);
            await scene.InvitedAsync(Scene.Convention, Cast.Leo.Email);
        }),
        new("complement", "complément demandé à l'entreprise", Cast.Atelier, Cast.Accessibility, [Cast.Theo, Cast.Sarah], scene =>
            scene.AskComplementsAsync(["Contenu détaillé", "Calendrier des séances"], "Il nous faut le détail de chaque demi-journée et ses horaires.")),
        new("a-valider", "demande intacte, « Valider la demande » attend l'opérateur", Cast.Atelier, Cast.Bilan(68), [Cast.Ines], scene => scene.UntouchedAsync()),
    ];

    private static async Task SignAllAsync(Scene scene, bool bilan)
    {
        await scene.ValidateAsync();
        await scene.SignAsCompanyAsync(Scene.Devis);
        await scene.SignAsCompanyAsync(Scene.Mandat);
        await scene.SignAsCompanyAsync(Scene.Convention);
        if (bilan)
        {
            await scene.SignAsEmployeesAsync(Scene.Convention);
        }

        await scene.SignAsTrainingBodyAsync(Scene.Convention);
    }
}
