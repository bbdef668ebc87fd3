using MonOPCO.Domain.Workflows;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>States of procedures and versions in French.</summary>
public static class ProcedureLook
{
    public static StatusLook Of(ProcedureView procedure) => procedure switch
    {
        { Held: not null } => new("Publication retenue", "danger", "alert-triangle"),
        { Awaiting: not null } => new("À approuver", "waiting", "users"),
        { Scheduled: not null } => new("Publication programmée", "info", "calendar"),
        { Published: null } => new("Brouillon", "neutral", "pencil"),
        { Latest.IsPublished: true } => new("Publiée", "success", "circle-check"),
        _ => new("Publiée, brouillon en cours", "warning", "pencil"),
    };

    public static StatusLook Of(VersionRow version) => version switch
    {
        { IsPublished: true } => new("En vigueur", "success", "circle-check"),
        { Publication.State: PublicationState.AwaitingApproval } => new("À approuver", "waiting", "users"),
        { Publication.State: PublicationState.Scheduled } => new("Programmée", "info", "calendar"),
        { Publication.State: PublicationState.Held } => new("Retenue", "danger", "alert-triangle"),
        { Publication.State: PublicationState.Failed } => new("Non publiée", "danger", "alert-triangle"),
        { Publication.State: PublicationState.Refused } => new("Refusée", "danger", "circle-x"),
        { IsDraft: true } => new("Brouillon", "neutral", "pencil"),
        { Publication.State: PublicationState.Published } or { IsSeed: true } => new("Ancienne", "neutral", "history"),
        _ => new("Mise de côté", "neutral", "archive"),
    };

    /// <summary>What this version changed, or why it is not in force.</summary>
    public static string? Note(VersionRow version) => version.Publication switch
    {
        null => version.IsSeed ? "Livrée avec MonOPCO" : null,
        { State: PublicationState.Failed or PublicationState.Refused or PublicationState.Withdrawn, Reason: { Length: > 0 } reason } => reason,
        { Note: { Length: > 0 } note } => note,
        _ => null,
    };

    public static string Url(string definitionId) => "/procedures/" + Uri.EscapeDataString(definitionId);

    public static string EditorUrl(string definitionId) => "/designer/procedures/" + Uri.EscapeDataString(definitionId);
}
