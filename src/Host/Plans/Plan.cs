namespace MonOPCO.Host.Plans;

/// <summary>What a step does, as its picture and its word tell.</summary>
public enum PlanKind
{
    Start,
    HumanTask,
    Decision,
    Effect,
    Wait,
    Join,
    Container,
    Step,
    End,
}

/// <summary>Who acts.</summary>
public enum PlanActor
{
    Product,
    Operator,
    Accountant,
    Company,
    Beneficiary,
    Consultant,
    Signers,
    Bot,
    Opco,
}

/// <summary>One step of a procedure. <paramref name="X"/> and <paramref name="Y"/>: where its owner put it.</summary>
public sealed record PlanNode(string Id, string Title, string Type, PlanKind Kind, PlanActor Actor, double? X, double? Y)
{
    /// <summary>Parts of the plan that show what is inside, by id.</summary>
    public List<string> Inside { get; } = [];

    /// <summary>The procedure that it runs, if it names one.</summary>
    public string? Procedure { get; init; }
}

/// <summary>A way from one step to another; <paramref name="Label"/> is the French name of the outcome, empty when there is only one.</summary>
public sealed record PlanEdge(string From, string To, string Outcome, string Label);

/// <summary>One level of a procedure: the flowchart itself, or what a step holds.</summary>
public sealed record PlanChart(string Id, string Title, IReadOnlyList<PlanNode> Nodes, IReadOnlyList<PlanEdge> Edges);

/// <summary>A procedure as a drawing and a list. <paramref name="Outcomes"/>: French names of outcomes by step and outcome.</summary>
public sealed record Plan(IReadOnlyList<PlanChart> Charts, IReadOnlyDictionary<(string Node, string Outcome), string> Outcomes)
{
    public string OutcomeLabel(string node, string outcome) => Outcomes.GetValueOrDefault((node, outcome), outcome == "Done" ? "Terminé" : outcome);
}

/// <summary>Words and pictures.</summary>
public static class PlanWords
{
    public static (string Label, string Icon) Of(PlanKind kind) => kind switch
    {
        PlanKind.Start => ("Début", "flag"),
        PlanKind.HumanTask => ("Tâche d’une personne", "user"),
        PlanKind.Decision => ("Choix automatique", "route"),
        PlanKind.Effect => ("Action vers l’extérieur", "send"),
        PlanKind.Wait => ("Attente", "hourglass"),
        PlanKind.Join => ("Rendez-vous de branches", "progress-check"),
        PlanKind.Container => ("Étape qui en contient d’autres", "folders"),
        PlanKind.Step => ("Enregistrement", "settings"),
        PlanKind.End => ("Fin", "circle-check"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(PlanActor actor) => actor switch
    {
        PlanActor.Product => "MonOPCO",
        PlanActor.Operator => "Opérateur",
        PlanActor.Accountant => "Comptable",
        PlanActor.Company => "Entreprise",
        PlanActor.Beneficiary => "Bénéficiaire",
        PlanActor.Consultant => "Consultant",
        PlanActor.Signers => "Signataires",
        PlanActor.Bot => "Robot",
        PlanActor.Opco => "OPCO",
        _ => throw new ArgumentOutOfRangeException(nameof(actor)),
    };

    /// <summary>« 2 j 4 h », « 35 min », « 12 s », « moins d’une seconde ».</summary>
    public static string Of(TimeSpan time)
    {
        const char space = '\u00A0';
        return time switch
        {
            { TotalDays: >= 10 } => $"{Math.Round(time.TotalDays)}{space}j",
            { TotalDays: >= 1 } => time.Hours == 0 ? $"{time.Days}{space}j" : $"{time.Days}{space}j{space}{time.Hours}{space}h",
            { TotalHours: >= 1 } => time.Minutes == 0 ? $"{time.Hours}{space}h" : $"{time.Hours}{space}h{space}{time.Minutes}{space}min",
            { TotalMinutes: >= 1 } => $"{Math.Round(time.TotalMinutes)}{space}min",
            { TotalSeconds: >= 1 } => $"{Math.Round(time.TotalSeconds)}{space}s",
            _ => $"<{space}1{space}s",
        };
    }
}
