using MonOPCO.Engine.Execution;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Designer;

/// <summary>States of instances in French.</summary>
public static class InstanceLabels
{
    public static StatusLook Of(WorkflowInstance instance) => instance switch
    {
        { Status: InstanceStatus.Running, IncidentCount: > 0 } => new("Arrêtée par un incident", "danger", "alert-triangle"),
        { SubStatus: InstanceSubStatus.Pending } => new("À démarrer", "neutral", "circle-dashed"),
        { SubStatus: InstanceSubStatus.Executing } => new("En cours", "info", "progress"),
        { SubStatus: InstanceSubStatus.Suspended } => new("En attente", "waiting", "hourglass"),
        { SubStatus: InstanceSubStatus.Finished } => new("Terminée", "success", "circle-check"),
        { SubStatus: InstanceSubStatus.Cancelled } => new("Annulée", "neutral", "ban"),
        _ => new("En erreur", "danger", "circle-x"),
    };
}
