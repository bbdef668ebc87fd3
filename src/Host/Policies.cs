using Microsoft.AspNetCore.Authorization;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Users.Permissions;
using MonOPCO.Host.Permissions;

namespace MonOPCO.Host;

/// <summary>
/// Who may do what. Each policy is one permission of the matrix, which the Super admin changes at <c>/admin/droits</c>; here stand names and defaults.
/// Everything is refused to visitors unless a page or an endpoint says <c>[AllowAnonymous]</c>, and to accounts whose roles do not have the permission.
/// <para>
/// To add one: a constant (« group.verb », also the scope of API keys) and one line in <see cref="All"/> with its French label, what it opens, and the roles that have it
/// by default. Use it by name (<c>[Authorize(Policies.X)]</c>, <c>RequireAuthorization</c>, the menu), then write <c>docs/droits.md</c> anew
/// (<c>MONOPCO_WRITE_DOCS=1 dotnet test tests/Host.Tests --filter PermissionsDocument</c>) and give each new endpoint its line in
/// <c>tests/Host.Tests/Droits/endpoints.txt</c>. Running installations get the new row at their next start.
/// </para>
/// </summary>
public static class Policies
{
    /// <summary>Everyone at Netz: sees the console.</summary>
    public const string Staff = "console.view";

    /// <summary>The inbox. Which tasks one may take follows from the roles of the task.</summary>
    public const string Tasks = "tasks.view";

    /// <summary>Reads dossiers.</summary>
    public const string DossiersView = "dossiers.view";

    /// <summary>Works on dossiers: completes tasks, files, decides.</summary>
    public const string Operators = "dossiers.act";

    /// <summary>Opens the documents of dossiers; never bilan content.</summary>
    public const string DocumentsRead = "documents.read";

    /// <summary>Proposes a new consultant to the beneficiary of a bilan.</summary>
    public const string ConsultantsAssign = "consultants.assign";

    /// <summary>Takes lists away as files.</summary>
    public const string Exports = "exports.download";

    /// <summary>Reads procedures, their maps and their executions.</summary>
    public const string ProceduresView = "procedures.view";

    /// <summary>Changes drafts: saves, imports, copies, labels.</summary>
    public const string ProceduresEdit = "procedures.edit";

    /// <summary>Decides what is in force: publishes, schedules, approves, retracts, rolls back, deletes.</summary>
    public const string ProceduresPublish = "procedures.publish";

    /// <summary>Says whether a publication needs a second person: whoever publishes must not be able to lift the rule that binds them.</summary>
    public const string ProceduresGovern = "procedures.govern";

    /// <summary>Acts on executions: starts, retries, skips, cancels, migrates.</summary>
    public const string ProceduresOperate = "procedures.operate";

    /// <summary>Sees the values that executions carry (inputs, outputs, variables, what their journal keeps): personal data of dossiers. Everybody else who may read executions sees steps, states and names only.</summary>
    public const string ExecutionValues = "procedures.values";

    /// <summary>Reads dated rules.</summary>
    public const string RuleReaders = "rules.view";

    /// <summary>Changes dated rules.</summary>
    public const string RuleEditors = "rules.edit";

    /// <summary>Payments and invoices.</summary>
    public const string Accounting = "payments.manage";

    /// <summary>Accounts, roles, API keys.</summary>
    public const string Administration = "accounts.manage";

    /// <summary>Reads the audit.</summary>
    public const string AuditView = "audit.view";

    /// <summary>Reads the personal values that the audit keeps encrypted; each reading is noted.</summary>
    public const string AuditPersonal = "audit.personal";

    /// <summary>Changes this matrix.</summary>
    public const string PermissionsManage = "permissions.manage";

    /// <summary>The « espace »: what is one's own.</summary>
    public const string Portal = "espace.view";

    /// <summary>Files requests for the company.</summary>
    public const string Company = "espace.request";

    /// <summary>Answers, detailed results and synthesis of a bilan: the person they are about and the consultant in charge. No matrix can give it to anybody else.</summary>
    public const string BilanContent = "bilan.content";

    private static readonly string[] Readers = [Roles.SuperAdmin, Roles.Admin, Roles.Operateur, Roles.OperateurGrandCompte, Roles.ResponsableProcedures, Roles.ResponsablePedagogique, Roles.Comptable, Roles.Auditeur];

    /// <summary>The default matrix, in the order in which it is shown.</summary>
    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Staff, "Console", "Entrer dans la console", "Accueil de la console et menu de l’équipe.", Roles.Staff) { KeptBySuperAdmin = true },
        new(Tasks, "Console", "Lire la boîte de réception", "Listes de tâches et tâches ouvertes. Prendre une tâche dépend en plus du rôle auquel elle est confiée.", Roles.Staff),
        new(Exports, "Console", "Emporter des listes", "Télécharger une liste ou une mesure sous forme de fichier.", Readers),

        new(DossiersView, "Dossiers", "Lire les dossiers", "Liste et fiches des dossiers de toutes les entreprises, historique compris.", Roles.Staff),
        new(Operators, "Dossiers", "Agir sur les dossiers", "Modifier un dossier, le déposer, saisir une décision, écrire une note.", Roles.SuperAdmin, Roles.Admin, Roles.Operateur, Roles.OperateurGrandCompte),
        new(DocumentsRead, "Dossiers", "Ouvrir les documents", "Pièces des dossiers. Les contenus de bilan en sont toujours exclus.", Readers),
        new(ConsultantsAssign, "Dossiers", "Proposer un consultant", "Quand un consultant quitte un bilan : en proposer un autre, que le bénéficiaire accepte ou non. Ne donne accès à aucun contenu.", Roles.SuperAdmin, Roles.Admin, Roles.ResponsablePedagogique),

        new(ProceduresView, "Procédures", "Lire les procédures", "Procédures, plans et exécutions.", [.. Roles.Staff, Roles.CompteService]),
        new(ProceduresEdit, "Procédures", "Modifier les procédures", "Brouillons, importations, copies, étiquettes.", Roles.SuperAdmin, Roles.ResponsableProcedures),
        new(ProceduresPublish, "Procédures", "Publier les procédures", "Mettre en vigueur, planifier, approuver, retirer, rétablir.", Roles.SuperAdmin, Roles.ResponsableProcedures),
        new(ProceduresGovern, "Procédures", "Régler l’approbation", "Décider si une publication demande l’accord d’une seconde personne.", Roles.SuperAdmin, Roles.Admin),
        new(ExecutionValues, "Procédures", "Voir les valeurs des exécutions", "Entrées, sorties, variables et journal : des données personnelles des dossiers. Pas pour qui répare une procédure.", Roles.SuperAdmin, Roles.Admin, Roles.Operateur, Roles.OperateurGrandCompte),
        new(ProceduresOperate, "Procédures", "Piloter les exécutions", "Démarrer, réessayer, passer, annuler, migrer.", Roles.SuperAdmin, Roles.ResponsableProcedures, Roles.CompteService),

        new(RuleReaders, "Règles", "Lire les règles", "Délais, plafonds, seuils et pièces exigées.", Roles.Staff),
        new(RuleEditors, "Règles", "Modifier les règles", "Ajouter, corriger ou retirer une valeur datée.", Roles.SuperAdmin, Roles.ResponsableProcedures),

        new(Accounting, "Comptabilité", "Gérer les règlements", "Factures et règlements.", Roles.SuperAdmin, Roles.Comptable),

        new(Administration, "Administration", "Gérer les comptes", "Comptes, rôles, invitations, clés d’API ; lire cette matrice.", Roles.SuperAdmin, Roles.Admin) { KeptBySuperAdmin = true },
        new(PermissionsManage, "Administration", "Modifier les droits", "Changer cette matrice.", Roles.SuperAdmin) { KeptBySuperAdmin = true },

        new(AuditView, "Administration", "Lire le journal d’audit", "Qui a changé quoi, quand et pourquoi.", Roles.SuperAdmin, Roles.Auditeur),
        new(AuditPersonal, "Administration", "Voir les valeurs personnelles de l’audit", "Les valeurs chiffrées du journal ; chaque lecture est notée.", Roles.SuperAdmin),

        new(Portal, "Espace", "Entrer dans l’espace", "Ses propres dossiers, documents, signatures et tâches : ceux de son entreprise, ou ceux qui nomment la personne.", Roles.Portal) { Kind = PermissionKind.Espace },
        new(Company, "Espace", "Demander une prise en charge", "Préparer et envoyer une demande pour son entreprise.", Roles.Entreprise) { Kind = PermissionKind.Espace },
        new(BilanContent, "Espace", "Lire un contenu de bilan", "Réponses, résultats détaillés et synthèse : la personne concernée et son consultant, sur ce qui est à eux. Personne d’autre, sans exception.", Roles.Beneficiaire, Roles.Consultant) { Kind = PermissionKind.Fixed },
    ];

    internal static void Configure(AuthorizationOptions options)
    {
        options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(null)).Build();
        options.FallbackPolicy = options.DefaultPolicy;
        foreach (var permission in All)
        {
            options.AddPolicy(permission.Name, policy => policy.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission.Name)));
        }
    }
}
