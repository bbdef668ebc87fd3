using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>Columns and indexes of the list: each order of the list is one index (key, id), each usual filter one index that keeps the newest first.</summary>
internal static class DossierListMapping
{
    internal static void Configure(EntityTypeBuilder<Dossier> builder)
    {
        builder.Property(x => x.CompanyName).HasDefaultValue("").UseCollation("fr-x-icu");
        builder.Property(x => x.OpcoName).UseCollation("fr-x-icu");
        builder.Property(x => x.BeneficiaireName).HasDefaultValue("").UseCollation("fr-x-icu");
        builder.Property(x => x.BeneficiaireCount).HasDefaultValue(0);
        builder.Property(x => x.ResponsableName).UseCollation("fr-x-icu");
        builder.Property(x => x.NumberKey).HasComputedColumnSql("year::bigint * 100000000 + sequence", stored: true);
        builder.Property(x => x.StateRank).HasComputedColumnSql(RankSql(), stored: true);
        builder.Property(x => x.Decision).HasComputedColumnSql(
            "case when granted_amount >= requested_amount then 'Accord' when granted_amount is not null then 'AccordPartiel' "
            + "when refusal_code is null then 'Aucune' when filed_at is null then 'RefusAvantDepot' else 'RefusDeLOpco' end",
            stored: true);

        builder.HasIndex(x => x.NumberKey).IsUnique();
        builder.HasIndex(x => new { x.CompanyName, x.Id });
        builder.HasIndex(x => new { x.OpcoName, x.Id });
        builder.HasIndex(x => new { x.BeneficiaireName, x.Id });
        builder.HasIndex(x => new { x.ResponsableName, x.Id });
        builder.HasIndex(x => new { x.Title, x.Id });
        builder.HasIndex(x => new { x.Kind, x.Id });
        builder.HasIndex(x => new { x.StateRank, x.Id });
        builder.HasIndex(x => new { x.StateSince, x.Id });
        builder.HasIndex(x => new { x.CreatedAt, x.Id });
        builder.HasIndex(x => new { x.FiledAt, x.Id });
        builder.HasIndex(x => new { x.FilingDeadline, x.Id });
        builder.HasIndex(x => new { x.StartDate, x.Id });
        builder.HasIndex(x => new { x.RequestedAmount, x.Id });
        builder.HasIndex(x => new { x.GrantedAmount, x.Id });
        builder.HasIndex(x => new { x.Remainder, x.Id });
        builder.HasIndex(x => new { x.Decision, x.Id });
        builder.HasIndex(x => new { x.State, x.NumberKey });
        builder.HasIndex(x => new { x.OpcoSlug, x.NumberKey });
        builder.HasIndex(x => new { x.CompanyId, x.NumberKey });
        builder.HasIndex(x => new { x.ResponsableId, x.NumberKey });
    }

    // By the normalised labels, so that the column does not depend on the machine's French.
    private static string RankSql()
    {
        var ranked = Enum.GetValues<DossierState>().OrderBy(x => SearchText.Of(DossierStates.Label(x)), StringComparer.Ordinal).Select((state, rank) => $"when '{state}' then {rank + 1}");
        return $"case state {string.Join(' ', ranked)} else 0 end";
    }
}
