using System.Text.Json.Nodes;
using MonOPCO.Host.Designer.Catalogue;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>What Studio asks about the catalogue: activities, expressions, types, strategies.</summary>
internal static class DescriptorEndpoints
{
    private static readonly (string Type, string Title, string Category)[] VariableTypes =
    [
        ("String", "Texte", "Valeurs"), ("Boolean", "Oui ou non", "Valeurs"), ("Int32", "Nombre entier", "Valeurs"), ("Int64", "Grand nombre entier", "Valeurs"), ("Decimal", "Montant", "Valeurs"),
        ("Double", "Nombre décimal", "Valeurs"), ("DateTimeOffset", "Date et heure", "Valeurs"), ("DateOnly", "Date", "Valeurs"), ("TimeSpan", "Durée", "Valeurs"), ("Guid", "Identifiant", "Valeurs"),
        ("Object", "Donnée structurée", "Données"), ("ObjectDictionary", "Dictionnaire", "Données"),
    ];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/descriptors/activities", async (ActivityCatalogue catalogue, CancellationToken cancel) => ElsaJson.List(await catalogue.ListAsync(cancel)));
        api.MapGet("/descriptors/activities/{typeName}", async (string typeName, ActivityCatalogue catalogue, CancellationToken cancel) =>
            (await catalogue.ListAsync(cancel)).FirstOrDefault(activity => activity.TypeName == typeName) is { } found ? ElsaJson.Ok(found) : ElsaJson.NotFound("L’activité"));

        // Choices are complete when the descriptor is sent: nothing is left to refresh.
        api.MapPost("/descriptors/activities/{typeName}/options/{propertyName}", async (string typeName, string propertyName, ActivityCatalogue catalogue, CancellationToken cancel) =>
            ElsaJson.Ok(new { Items = (await catalogue.ListAsync(cancel)).FirstOrDefault(activity => activity.TypeName == typeName)?.Inputs.FirstOrDefault(input => input.Name == propertyName)?.UiSpecifications ?? [] }));
        api.MapGet("/descriptors/expression-descriptors", () => ElsaJson.List(Expressions()));
        api.MapGet("/descriptors/storage-drivers", () => ElsaJson.List([new { TypeName = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core", DisplayName = "Avec l’instance", Priority = 0, Deprecated = false }]));
        api.MapGet("/descriptors/variables", () => ElsaJson.List([.. VariableTypes.Select(type => new { TypeName = type.Type, DisplayName = type.Title, type.Category, Description = "" })]));
        api.MapGet("/descriptors/incident-strategies", () => ElsaJson.List([new { TypeName = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core", DisplayName = "Les autres branches continuent", Description = "L’activité attend qu’un opérateur traite l’incident." }, new { TypeName = "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core", DisplayName = "La procédure s’arrête", Description = "L’instance entière passe en erreur." }]));
        api.MapGet("/descriptors/workflow-activation-strategies", () => ElsaJson.List(
        [
            Strategy("Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core", "Toujours", "Une instance peut toujours démarrer."),
            Strategy("Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime", "Une seule à la fois", "Aucune instance ne démarre tant qu’une autre de la même procédure est en cours."),
            Strategy("Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Runtime", "Une seule par dossier", "Aucune instance ne démarre tant qu’une autre de la même procédure et du même identifiant de corrélation est en cours."),
            Strategy("Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Runtime", "Une seule par dossier, toutes procédures", "Aucune instance ne démarre tant qu’une autre du même identifiant de corrélation est en cours."),
        ]));
        foreach (var empty in new[] { "log-persistence-strategies", "commit-strategies/workflows", "commit-strategies/activities", "output-converters" })
        {
            api.MapGet("/descriptors/" + empty, () => ElsaJson.List(Array.Empty<object>()));
        }

        // No feature: Studio then polls instead of opening SignalR, and hides what we do not offer.
        api.MapGet("/features/installed", () => ElsaJson.List(Array.Empty<object>()));
        api.MapGet("/package/version", () => ElsaJson.Ok(new { PackageVersion = Designer.StudioPackage.ExpectedVersion }));
        api.MapPost("/scripting/javascript/type-definitions/{definitionId}", TypesAsync);
    }

    private static object[] Expressions() =>
    [
        Expression("Literal", "Valeur", browsable: false),
        Expression("Object", "Objet", browsable: false, "json"),
        Expression("Variable", "Variable", browsable: true),
        Expression("Input", "Entrée", browsable: true),
        Expression("JavaScript", "JavaScript", browsable: true, "javascript"),
    ];

    private static object Strategy(string typeName, string title, string description) => new { TypeName = typeName, DisplayName = title, Description = description };

    private static object Expression(string type, string title, bool browsable, string? language = null) => new
    {
        Type = type,
        DisplayName = title,
        IsSerializable = true,
        IsBrowsable = browsable,
        Properties = language is null ? [] : new JsonObject { ["MonacoLanguage"] = language },
    };

    /// <summary>Declarations for completion in the code editor: the functions our JavaScript subset has.</summary>
    private static async Task<IResult> TypesAsync(string definitionId, Engine.Storage.DefinitionStore store, CancellationToken cancel)
    {
        var text = new System.Text.StringBuilder();
        text.AppendLine("declare function getVariable(name: string): any;");
        text.AppendLine("declare function setVariable(name: string, value: any): void;");
        text.AppendLine("declare function getInput(name: string): any;");
        text.AppendLine("declare function getOutputFrom(activity: string, output?: string): any;");
        text.AppendLine("declare function getLastResult(): any;");
        text.AppendLine("declare function setOutcome(name: string): void;");
        text.AppendLine("declare function getCorrelationId(): string;");
        text.AppendLine("declare function getWorkflowInstanceId(): string;");
        if (await store.FindLatestAsync(definitionId, cancel) is { } version)
        {
            foreach (var variable in (DefinitionDocument.Parse(version)["variables"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (variable.Text("name") is { Length: > 0 } name && name.All(c => char.IsLetterOrDigit(c) || c == '_'))
                {
                    var accessor = char.ToUpperInvariant(name[0]) + name[1..];
                    text.Append("declare function get").Append(accessor).AppendLine("(): any;");
                    text.Append("declare function set").Append(accessor).AppendLine("(value: any): void;");
                }
            }
        }

        return Results.Text(text.ToString(), "application/x-typescript; charset=utf-8");
    }
}
