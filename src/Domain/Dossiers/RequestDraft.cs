using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Dossiers;

/// <summary>A request being typed: nothing is lost when its author goes back, reloads, or comes back tomorrow. Only the author sees it.</summary>
public sealed class RequestDraft
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Guid CompanyId { get; init; }

    public required DossierKind Kind { get; init; }

    /// <summary>What was typed, as it was typed, also when it cannot be read yet. Emptied once sent: the dossier has it.</summary>
    public JsonObject Data { get; set; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Number of the dossier it became.</summary>
    public string? SentAs { get; set; }
}

internal sealed class RequestDraftMapping : IEntityTypeConfiguration<RequestDraft>
{
    public void Configure(EntityTypeBuilder<RequestDraft> builder)
    {
        builder.ToTable("request_drafts");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.UserId, x.UpdatedAt });
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Company>().WithMany().HasForeignKey(x => x.CompanyId).OnDelete(DeleteBehavior.Cascade);
    }
}
