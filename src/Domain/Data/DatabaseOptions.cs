using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Domain.Data;

/// <summary>The three roles of PostgreSQL (architecture §6), from <c>ConnectionStrings:Owner|Staff|Portal</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Owns the tables; only for migrations. A process that does not migrate needs none.</summary>
    public string? Owner { get; set; }

    /// <summary>Web, worker and bot on behalf of the staff and of procedures.</summary>
    [Required]
    public string Staff { get; set; } = "";

    /// <summary>Sessions of companies, beneficiaries and consultants; rows by policy.</summary>
    [Required]
    public string Portal { get; set; } = "";
}
