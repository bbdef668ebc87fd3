using Microsoft.AspNetCore.Authorization;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host;

/// <summary>Who may do what. Everything is refused to visitors unless a page or an endpoint says <c>[AllowAnonymous]</c> (fallback policy).</summary>
public static class Policies
{
    /// <summary>Everyone at Netz: sees the console.</summary>
    public const string Staff = "Staff";

    /// <summary>Works on dossiers: completes tasks, files, decides.</summary>
    public const string Operators = "Operators";

    /// <summary>Reads procedures, their maps and their executions.</summary>
    public const string ProceduresView = "ProceduresView";

    /// <summary>Changes drafts: saves, imports, copies, labels.</summary>
    public const string ProceduresEdit = "ProceduresEdit";

    /// <summary>Decides what is in force: publishes, schedules, approves, retracts, rolls back, deletes.</summary>
    public const string ProceduresPublish = "ProceduresPublish";

    /// <summary>Acts on executions: starts, retries, skips, cancels, migrates.</summary>
    public const string ProceduresOperate = "ProceduresOperate";

    /// <summary>Sees the values that executions carry (inputs, outputs, variables, what their journal keeps): personal data of dossiers. Everybody else who may read executions sees steps, states and names only.</summary>
    public const string ExecutionValues = "ExecutionValues";

    /// <summary>Reads dated rules.</summary>
    public const string RuleReaders = "RuleReaders";

    /// <summary>Changes dated rules.</summary>
    public const string RuleEditors = "RuleEditors";

    /// <summary>Payments and invoices.</summary>
    public const string Accounting = "Accounting";

    /// <summary>Accounts, roles, API keys.</summary>
    public const string Administration = "Administration";

    /// <summary>Reads the audit.</summary>
    public const string AuditView = "audit.view";

    /// <summary>Reads the personal values that the audit keeps encrypted; each reading is noted.</summary>
    public const string AuditPersonal = "audit.personal";

    /// <summary>The company's own space.</summary>
    public const string Company = "Company";

    /// <summary>The employee's own space.</summary>
    public const string Beneficiary = "Beneficiary";

    /// <summary>Conducts bilans.</summary>
    public const string Consultant = "Consultant";

    /// <summary>Any role of the portal: the « espace ».</summary>
    public const string Portal = "Portal";

    internal static void Configure(AuthorizationOptions options)
    {
        options.FallbackPolicy = options.DefaultPolicy;
        Add(Staff, [.. Roles.Staff]);
        Add(Operators, Roles.Operateur, Roles.OperateurGrandCompte, Roles.Admin, Roles.SuperAdmin);

        // One role edits, publishes and operates today; the pages and endpoints already ask for each right by its name.
        Add(ProceduresView, [.. Roles.Staff]);
        Add(ProceduresEdit, Roles.ResponsableProcedures, Roles.SuperAdmin);
        Add(ProceduresPublish, Roles.ResponsableProcedures, Roles.SuperAdmin);
        Add(ProceduresOperate, Roles.ResponsableProcedures, Roles.SuperAdmin);

        // Not the process owner: to repair a procedure nobody needs to read a dossier.
        Add(ExecutionValues, Roles.Operateur, Roles.OperateurGrandCompte, Roles.Admin, Roles.SuperAdmin);

        Add(RuleReaders, [.. Roles.Staff]);
        Add(RuleEditors, Roles.ResponsableProcedures, Roles.SuperAdmin);
        Add(Accounting, Roles.Comptable, Roles.SuperAdmin);
        Add(Administration, Roles.Admin, Roles.SuperAdmin);
        Add(AuditView, Roles.Auditeur, Roles.SuperAdmin);
        Add(AuditPersonal, Roles.SuperAdmin);
        Add(Company, Roles.Entreprise);
        Add(Beneficiary, Roles.Beneficiaire);
        Add(Consultant, Roles.Consultant);
        Add(Portal, [.. Roles.Portal]);

        void Add(string name, params string[] roles) => options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().RequireRole(roles));
    }
}
