namespace MonOPCO.Domain.Users;

/// <summary>Roles of accounts; names are stored. The OPCO agent is played in the sandbox and has no account.</summary>
public static class Roles
{
    public const string Operateur = "Operateur";

    /// <summary>Process owner: edits procedures in the designer.</summary>
    public const string ResponsableProcedures = "ResponsableProcedures";

    public const string Entreprise = "Entreprise";
    public const string Beneficiaire = "Beneficiaire";
    public const string Consultant = "Consultant";
    public const string Comptable = "Comptable";
    public const string Auditeur = "Auditeur";
    public const string SuperAdmin = "SuperAdmin";

    public static IReadOnlyList<string> All { get; } =
        [Operateur, ResponsableProcedures, Entreprise, Beneficiaire, Consultant, Comptable, Auditeur, SuperAdmin];

    /// <summary>Roles whose sessions use the portal's PostgreSQL role.</summary>
    public static IReadOnlyList<string> Portal { get; } = [Entreprise, Beneficiaire, Consultant];

    public static string Label(string role) => role switch
    {
        Operateur => "Opérateur",
        ResponsableProcedures => "Responsable des procédures",
        Entreprise => "Entreprise",
        Beneficiaire => "Bénéficiaire",
        Consultant => "Consultant",
        Comptable => "Comptable",
        Auditeur => "Auditeur",
        SuperAdmin => "Super-administrateur",
        _ => role,
    };
}
