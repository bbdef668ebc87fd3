using MonOPCO.Engine.Execution;

namespace MonOPCO.Host.Designer;

/// <summary>States of instances in French, each with the design system's status tone (colour, icon and word always go together).</summary>
public static class InstanceLabels
{
    public static (string Text, string Tone) Of(WorkflowInstance instance) => instance switch
    {
        { Status: InstanceStatus.Running, IncidentCount: > 0 } => ("Arrêtée par un incident", "danger"),
        { SubStatus: InstanceSubStatus.Pending } => ("À démarrer", "neutral"),
        { SubStatus: InstanceSubStatus.Executing } => ("En cours", "info"),
        { SubStatus: InstanceSubStatus.Suspended } => ("En attente", "info"),
        { SubStatus: InstanceSubStatus.Finished } => ("Terminée", "success"),
        { SubStatus: InstanceSubStatus.Cancelled } => ("Annulée", "neutral"),
        { SubStatus: InstanceSubStatus.Faulted } => ("En erreur", "danger"),
        _ => (instance.SubStatus.ToString(), "neutral"),
    };
}
