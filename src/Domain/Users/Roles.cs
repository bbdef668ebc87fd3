namespace MonOPCO.Domain.Users;

/// <summary>Roles of accounts; names are stored. What each may do is the matrix of permissions. The OPCO agent is played in the sandbox and has no account.</summary>
public static class Roles
{
    public const string SuperAdmin = "SuperAdmin";

    /// <summary>Runs the organisation day to day: accounts and settings, without the Super admin's keys.</summary>
    public const string Admin = "Admin";

    public const string Operateur = "Operateur";

    /// <summary>Works on the campaigns of one large client.</summary>
    public const string OperateurGrandCompte = "OperateurGrandCompte";

    /// <summary>Helps users; reads, does not decide.</summary>
    public const string Support = "Support";

    /// <summary>Process owner: edits procedures in the designer.</summary>
    public const string ResponsableProcedures = "ResponsableProcedures";

    public const string ResponsablePedagogique = "ResponsablePedagogique";
    public const string ReferentHandicap = "ReferentHandicap";
    public const string Comptable = "Comptable";
    public const string Auditeur = "Auditeur";

    /// <summary>HR of a client company.</summary>
    public const string Entreprise = "Entreprise";

    /// <summary>Directors of a client company.</summary>
    public const string Direction = "Direction";

    public const string Manager = "Manager";
    public const string Technicien = "Technicien";
    public const string Beneficiaire = "Beneficiaire";
    public const string Consultant = "Consultant";
    public const string Formateur = "Formateur";

    /// <summary>A program: has no page of its own, only what its keys' scopes allow.</summary>
    public const string CompteService = "CompteService";

    public static IReadOnlyList<string> All { get; } =
    [
        SuperAdmin, Admin, Operateur, OperateurGrandCompte, Support, ResponsableProcedures, ResponsablePedagogique, ReferentHandicap, Comptable, Auditeur,
        Entreprise, Direction, Manager, Technicien, Beneficiaire, Consultant, Formateur, CompteService,
    ];

    /// <summary>Roles that stand for their company: they see what the company sees.</summary>
    public static IReadOnlyList<string> Company { get; } = [Entreprise, Direction];

    /// <summary>Roles whose sessions use the portal's PostgreSQL role: their company's data, or only what names the person.</summary>
    public static IReadOnlyList<string> Portal { get; } = [Entreprise, Direction, Manager, Technicien, Beneficiaire, Consultant, Formateur];

    /// <summary>Roles that work in the console.</summary>
    public static IReadOnlyList<string> Staff { get; } = [.. All.Except(Portal).Where(x => x != CompteService)];

    public static string Label(string role) => role switch
    {
        SuperAdmin => "Super-administrateur",
        Admin => "Administrateur",
        Operateur => "Opérateur",
        OperateurGrandCompte => "Opérateur grand compte",
        Support => "Support",
        ResponsableProcedures => "Responsable des procédures",
        ResponsablePedagogique => "Responsable pédagogique",
        ReferentHandicap => "Référent handicap",
        Comptable => "Comptable",
        Auditeur => "Auditeur",
        Entreprise => "Entreprise (RH)",
        Direction => "Direction de l’entreprise",
        Manager => "Manager",
        Technicien => "Technicien",
        Beneficiaire => "Bénéficiaire",
        Consultant => "Consultant",
        Formateur => "Formateur",
        CompteService => "Compte de service",
        _ => role,
    };
}
