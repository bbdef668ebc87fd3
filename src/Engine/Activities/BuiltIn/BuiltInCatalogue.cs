using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>Elsa's activities that the engine runs itself: Elsa's names, French labels. The order of inputs is the order in which the nodes read them.</summary>
internal static class BuiltInCatalogue
{
    private const string Flow = "Enchaînement";
    private const string Branch = "Choix et branches";
    private const string Loop = "Boucles";
    private const string Basic = "Primitives";
    private const string Time = "Temps";
    private const string Compose = "Composition";
    private const string Web = "HTTP";

    internal static IEnumerable<IExpressionLanguage> Languages() => [new JavaScriptLanguage()];

    internal static IEnumerable<ActivityDescriptor> All() =>
    [
        Of("Elsa.Workflow", "Workflow", Flow, "La définition elle-même.", () => new CompositeNode(), browsable: false, container: true),
        Of("Elsa.Flowchart", "Diagramme", Flow, "Des activités reliées par des connexions.", () => new FlowchartNode(), container: true),
        Of("Elsa.Sequence", "Séquence", Flow, "Des activités l'une après l'autre.", () => new SequenceNode(), container: true),
        Of("Elsa.FlowNode", "Boîte", Flow, "Une activité dans une boîte.", () => new BoxNode(), ports: [Slot("Body", "Corps"), Done]),
        Of("Elsa.Start", "Début", Flow, "Marque le début d'un diagramme.", () => new PassNode(), start: true),
        Of("Elsa.End", "Fin", Flow, "Termine le diagramme ou la séquence.", () => new PassNode(), terminal: true),
        Of("Elsa.Finish", "Terminer le workflow", Flow, "Termine toute l'instance, quoi qu'il reste à faire.", () => new FinishNode(), terminal: true),
        Of("Elsa.Complete", "Conclure", Compose, "Termine la définition avec des issues.", () => new CompleteNode(), [In("Outcomes", "Object", "Issues", "outcome-picker", syntax: "Object")], terminal: true),
        Of("Elsa.Fault", "Signaler une erreur", Basic, "Met le nœud en incident avec un code et un message.", () => new FaultNode(),
            [In("Code", "String", "Code"), In("Category", "String", "Catégorie"), In("FaultType", "String", "Type"), In("Message", "String", "Message", "multiline")]),
        Of("Elsa.If", "Si", Branch, "Exécute l'une ou l'autre activité selon une condition.", () => new IfNode(),
            [In("Condition", "Boolean", "Condition")], [Out("Result", "Boolean", "Résultat")], [Slot("Then", "Alors"), Slot("Else", "Sinon"), Done]),
        Of("Elsa.Switch", "Selon", Branch, "Exécute l'activité du cas qui convient.", () => new SwitchNode(),
            [Mode("MatchFirst"), Raw("Cases", "Cas", "switch-editor")], [], [Slot("Default", "Par défaut"), Done]),
        Of("Elsa.FlowDecision", "Décision", Branch, "Suit la branche Vrai ou Faux.", () => new FlowDecisionNode(),
            [In("Condition", "Boolean", "Condition")], [], [new("True", "Vrai"), new("False", "Faux")]),
        Of("Elsa.FlowSwitch", "Aiguillage", Branch, "Suit la branche du cas qui convient.", () => new FlowSwitchNode(),
            [Mode("MatchFirst"), Raw("Cases", "Cas", "flow-switch-editor")], [], [new("Default", "Par défaut")], isDynamic: true),
        Of("Elsa.FlowFork", "Séparation", Branch, "Suit plusieurs branches à la fois.", () => new FlowForkNode(),
            [In("Branches", "String[]", "Branches", "dynamic-outcomes", syntax: "Object")], isDynamic: true),
        Of("Elsa.FlowJoin", "Jonction", Branch, "Réunit plusieurs branches.", () => new FlowJoinNode(),
            [In("Mode", "String", "Mode", "dropdown", "WaitAny", choices: [new("WaitAny", "La première arrivée"), new("WaitAll", "Toutes"), new("WaitAllActive", "Toutes celles qui sont actives")])]),
        Of("Elsa.Fork", "Branches parallèles", Branch, "Exécute plusieurs activités à la fois.", () => new ForkNode("branches"),
            [Raw("JoinMode", "Attendre", "dropdown")], browsable: false),
        Of("Elsa.Parallel", "En parallèle", Branch, "Exécute plusieurs activités à la fois et les attend toutes.", () => new ForkNode("activities"), browsable: false, container: true),
        Of("Elsa.For", "Pour", Loop, "Répète le corps d'un nombre à un autre.", () => new ForNode(),
            [In("Start", "Int32", "De", value: "0"), In("End", "Int32", "À", value: "0"), In("Step", "Int32", "Pas", value: "1"), In("OuterBoundInclusive", "Boolean", "Dernier compris", "checkbox", "True")],
            [Out("CurrentValue", "Object", "Valeur courante")], [Slot("Body", "Corps"), Done]),
        Of("Elsa.ForEach", "Pour chaque", Loop, "Répète le corps pour chaque élément, l'un après l'autre.", () => new ForEachNode(),
            [In("Items", "Object[]", "Éléments", "json-editor", syntax: "Object")], [Out("CurrentValue", "Object", "Valeur courante")], [Slot("Body", "Corps"), Done]),
        Of("Elsa.ParallelForEach", "Pour chaque, en parallèle", Loop, "Lance le corps pour tous les éléments à la fois.", () => new ParallelForEachNode(),
            [In("Items", "Object[]", "Éléments", "json-editor", syntax: "Object")], [], [Slot("Body", "Corps"), Done]),
        Of("Elsa.While", "Tant que", Loop, "Répète le corps tant que la condition est vraie.", () => new WhileNode(),
            [In("Condition", "Boolean", "Condition") with { AutoEvaluate = false }], [], [Slot("Body", "Corps"), Done]),
        Of("Elsa.Break", "Sortir de la boucle", Loop, "Termine la boucle.", () => new BreakNode(), terminal: true),
        Of("Elsa.SetVariable", "Affecter une variable", Basic, "Donne une valeur à une variable.", () => new SetVariableNode(),
            [In("Value", "Object", "Valeur") with { Order = 1 }, Raw("Variable", "Variable", "variable-picker") with { Order = 0 }]),
        Of("Elsa.SetOutput", "Renseigner une sortie", Compose, "Donne une valeur à une sortie de la définition.", () => new SetOutputNode(),
            [In("OutputName", "String", "Sortie", "output-picker") with { Required = true }, In("OutputValue", "Object", "Valeur")]),
        Of("Elsa.SetName", "Nommer l'instance", Basic, "Donne un nom à l'instance.", () => new SetNameNode(), [In("Value", "String", "Nom")]),
        Of("Elsa.Correlate", "Corréler", Basic, "Donne à l'instance un identifiant de corrélation.", () => new CorrelateNode(), [In("CorrelationId", "String", "Identifiant de corrélation")]),
        Of("Elsa.WriteLine", "Écrire une ligne", Basic, "Écrit une ligne dans le journal de l'instance.", () => new PassNode(), [In("Text", "String", "Texte")]),
        Of("Elsa.RunJavaScript", "Exécuter un script", "Scripts", "Exécute un script JavaScript borné.", () => new RunJavaScriptNode(),
            [In("Script", "String", "Script", "code-editor", syntax: "JavaScript"), In("PossibleOutcomes", "String[]", "Issues possibles", "dynamic-outcomes", syntax: "Object")], [Out("Result", "Object", "Résultat")], isDynamic: true),
        Of("Elsa.Delay", "Attendre un délai", Time, "Attend la durée indiquée.", () => new MomentNode(MomentNode.After), [In("TimeSpan", "TimeSpan", "Durée", value: "00:01:00")]),
        Of("Elsa.StartAt", "À une date", Time, "Attend une date et une heure, ou démarre à ce moment.", () => new MomentNode(MomentNode.At), [In("DateTime", "DateTimeOffset", "Date et heure", "datetime-picker") with { Required = true }], trigger: true),
        Of("Elsa.Timer", "Périodiquement", Time, "Attend un intervalle, ou démarre à chaque intervalle.", () => new MomentNode(MomentNode.After), [In("Interval", "TimeSpan", "Intervalle", value: "00:01:00")], trigger: true),
        Of("Elsa.Cron", "Calendrier (cron)", Time, "Attend la prochaine échéance d'une expression cron, ou démarre à chacune.", () => new MomentNode(MomentNode.Next), [In("CronExpression", "String", "Expression cron") with { Required = true }], trigger: true),
        Of("Elsa.Event", "Attendre un événement", Basic, "Attend un événement nommé, ou démarre à sa publication.", () => new EventNode(),
            [In("EventName", "String", "Nom de l'événement") with { Required = true }], [Out("Result", "Object", "Contenu")], trigger: true),
        Of("Elsa.PublishEvent", "Publier un événement", Basic, "Publie un événement nommé.", () => new PublishEventNode(),
            [In("EventName", "String", "Nom de l'événement") with { Required = true }, In("CorrelationId", "String", "Corrélation"), In("IsLocalEvent", "Boolean", "Dans cette instance seulement", "checkbox", "False"), In("Payload", "Object", "Contenu", "json-editor")]),
        Of("Elsa.RunTask", "Demander une tâche", Basic, "Demande une tâche par son nom et attend qu'elle soit faite.", () => new RunTaskNode(),
            [In("TaskName", "String", "Nom de la tâche") with { Required = true }, In("Payload", "ObjectDictionary", "Paramètres", "json-editor")], [Out("TaskId", "String", "Identifiant de la tâche"), Out("Result", "Object", "Résultat")]),
        Of("Elsa.ExecuteWorkflow", "Exécuter un workflow", Compose, "Démarre un autre workflow et, au besoin, attend sa fin.", () => new StartInstanceNode(true), Child()[..4], [Out("Result", "Object", "Résultat")]),
        Of("Elsa.DispatchWorkflow", "Lancer un workflow", Compose, "Démarre un autre workflow et, au besoin, attend sa fin.", () => new StartInstanceNode(false), Child(), [Out("Result", "Object", "Résultat")]),
        Of("Elsa.BulkDispatchWorkflows", "Lancer un workflow par élément", Compose, "Démarre une instance par élément d'une liste.", () => new BulkNode(),
            [
                In("WorkflowDefinitionId", "String", "Workflow", "workflow-definition-picker") with { Required = true }, In("Items", "Object", "Éléments", "json-editor"), In("DefaultItemInputKey", "String", "Entrée de l'élément", value: "Item"),
                In("CorrelationIdFunction", "String", "Corrélation de chaque instance") with { AutoEvaluate = false }, In("Input", "ObjectDictionary", "Autres entrées", "json-editor"),
                In("WaitForCompletion", "Boolean", "Attendre la fin", "checkbox", "True"), In("StartNewTrace", "Boolean", "Nouvelle trace", "checkbox"), In("ChannelName", "String", "Canal"),
            ],
            [], [Slot("ChildCompleted", "Instance terminée"), Slot("ChildFaulted", "Instance en erreur"), new("Completed", "Toutes terminées"), new("Canceled", "Annulées"), Done]),
        Of("Elsa.HttpEndpoint", "Recevoir une requête HTTP", Web, "Attend une requête HTTP à une adresse sous /workflows, ou démarre à sa réception.", () => new HttpEndpointNode(),
            [
                In("Path", "String", "Chemin") with { Required = true }, In("SupportedMethods", "String[]", "Méthodes", "checklist", """["GET"]""", "Object", [new("GET", "GET"), new("POST", "POST"), new("PUT", "PUT"), new("HEAD", "HEAD"), new("DELETE", "DELETE"), new("PATCH", "PATCH")]),
                In("Authorize", "Boolean", "Réservé aux personnes connectées", "checkbox", "False"), In("Policy", "String", "Droit exigé"), In("RequestTimeout", "TimeSpan", "Durée maximale de la réponse"), In("RequestSizeLimit", "Int64", "Taille maximale de la requête (octets)"),
                In("FileSizeLimit", "Int64", "Taille maximale d'un fichier (octets)"), In("AllowedFileExtensions", "String[]", "Extensions permises", "multitext", syntax: "Object"), In("BlockedFileExtensions", "String[]", "Extensions refusées", "multitext", syntax: "Object"),
                In("AllowedMimeTypes", "String[]", "Types MIME permis", "multitext", syntax: "Object"), Plain("ExposeRequestTooLargeOutcome", "Issue « requête trop grande »"), Plain("ExposeFileTooLargeOutcome", "Issue « fichier trop grand »"),
                Plain("ExposeInvalidFileExtensionOutcome", "Issue « extension refusée »"), Plain("ExposeInvalidFileMimeTypeOutcome", "Issue « type refusé »"),
            ],
            [
                Out("Result", "Object", "Requête"), Out("ParsedContent", "Object", "Contenu"), Out("Files", "Object[]", "Fichiers"), Out("File", "Object", "Premier fichier"), Out("RouteData", "ObjectDictionary", "Paramètres du chemin"),
                Out("QueryStringData", "ObjectDictionary", "Paramètres de requête"), Out("Headers", "ObjectDictionary", "En-têtes"),
            ],
            [Done, new("Request too large", "Requête trop grande"), new("File too large", "Fichier trop grand"), new("Invalid file extension", "Extension refusée"), new("Invalid file MIME type", "Type refusé")], trigger: true),
        Of("Elsa.WriteHttpResponse", "Répondre à la requête HTTP", Web, "Répond à la requête HTTP qui a démarré ou réveillé l'instance.", () => new WriteHttpResponseNode(),
            [In("StatusCode", "Object", "Code de réponse", value: "OK"), In("Content", "Object", "Contenu", "multiline"), In("ContentType", "String", "Type du contenu"), In("ResponseHeaders", "Object", "En-têtes", "json-editor", syntax: "Object")]),
    ];

    private static PortDescriptor Done => new("Done", "Terminé");

    private static InputDescriptor[] Child() =>
    [
        In("WorkflowDefinitionId", "String", "Workflow", "workflow-definition-picker") with { Required = true }, In("CorrelationId", "String", "Corrélation"), In("Input", "ObjectDictionary", "Entrées", "json-editor"),
        In("WaitForCompletion", "Boolean", "Attendre la fin", "checkbox", "False"), In("StartNewTrace", "Boolean", "Nouvelle trace", "checkbox"), In("ChannelName", "String", "Canal"),
    ];

    private static PortDescriptor Slot(string name, string title) => new(name, title, true);

    private static InputDescriptor Mode(string value) =>
        In("Mode", "String", "Mode", "dropdown", value, choices: [new("MatchFirst", "Le premier cas qui convient"), new("MatchAny", "Tous les cas qui conviennent")]);

    private static InputDescriptor Raw(string name, string title, string hint) =>
        new(name, "Object") { DisplayName = title, UiHint = hint, IsWrapped = false, IsStructural = true };

    private static InputDescriptor Plain(string name, string title) =>
        new(name, "Boolean") { DisplayName = title, UiHint = "checkbox", DefaultValue = "False", IsWrapped = false };

    private static InputDescriptor In(string name, string type, string title, string hint = "singleline", string? value = null, string syntax = "Literal", Choice[]? choices = null) =>
        new(name, type) { DisplayName = title, UiHint = hint, DefaultValue = value, DefaultSyntax = syntax, Choices = choices ?? [] };

    private static OutputDescriptor Out(string name, string type, string title) => new(name, type) { DisplayName = title };

    private static ActivityDescriptor Of(string type, string title, string category, string description, Func<NodeBehavior> create, InputDescriptor[]? inputs = null, OutputDescriptor[]? outputs = null,
        PortDescriptor[]? ports = null, bool browsable = true, bool container = false, bool start = false, bool terminal = false, bool trigger = false, bool isDynamic = false) => new()
        {
            Type = type,
            Version = 1,
            Title = title,
            Category = category,
            Description = description,
            Inputs = inputs ?? [],
            Outputs = outputs ?? [],
            Ports = ports ?? [],
            HasDynamicOutcomes = isDynamic,
            IsBrowsable = browsable,
            IsContainer = container,
            IsStart = start,
            IsTerminal = terminal,
            IsTrigger = trigger,
            CreateBehavior = create,
        };
}
