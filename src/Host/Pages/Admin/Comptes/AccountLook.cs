using MonOPCO.Domain.Users;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Admin.Comptes;

/// <summary>How accounts and sessions are said.</summary>
public static class AccountLook
{
    public static StatusLook Of(AccountState state) => state switch
    {
        AccountState.Invited => new("Invité", "waiting", "mail"),
        AccountState.Active => new("Actif", "success", "circle-check"),
        AccountState.Locked => new("Bloqué", "warning", "lock"),
        AccountState.Deactivated => new("Désactivé", "neutral", "user-off"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Label(SignInMethod method) => method switch
    {
        SignInMethod.Password => "mot de passe",
        SignInMethod.Link => "lien par courriel",
        SignInMethod.Passkey => "clé d’accès",
        SignInMethod.OpenIdConnect => "compte de l’entreprise",
        SignInMethod.Activation => "activation",
        SignInMethod.Demonstration => "démonstration",
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    /// <summary>What an audit row of an account says, and its look.</summary>
    public static (string Title, string Tone, string Icon) Event(string action) => action switch
    {
        "Invited" => ("Invitation envoyée", "info", "mail"),
        "InvitationResent" => ("Invitation renvoyée", "info", "mail"),
        "InvitationWithdrawn" => ("Invitation retirée", "neutral", "x"),
        "Activated" => ("Compte activé", "success", "circle-check"),
        "SignedIn" => ("Connexion", "neutral", "login"),
        "SignedOut" => ("Déconnexion", "neutral", "logout"),
        "SignInFailed" => ("Essai de connexion refusé", "warning", "alert-triangle"),
        "SecondFactorGiven" => ("Second facteur confirmé", "neutral", "shield-check"),
        "SecondFactorSet" => ("Application d’authentification associée", "success", "shield-check"),
        "SecondFactorRemoved" => ("Application d’authentification retirée", "warning", "shield-lock"),
        "SecondFactorReset" => ("Second facteur réinitialisé", "warning", "shield-lock"),
        "RecoveryCodesRenewed" => ("Codes de secours renouvelés", "info", "key"),
        "RecoveryCodeUsed" => ("Code de secours utilisé", "warning", "key"),
        "PasskeyAdded" => ("Clé d’accès ajoutée", "success", "fingerprint"),
        "PasskeyRemoved" => ("Clé d’accès retirée", "warning", "fingerprint"),
        "RolesChanged" => ("Rôles changés", "info", "users"),
        "Deactivated" => ("Compte désactivé", "danger", "user-off"),
        "Reactivated" => ("Compte réactivé", "success", "circle-check"),
        "Unlocked" => ("Compte débloqué", "info", "lock-open"),
        "PasswordChangeRequired" => ("Nouveau mot de passe exigé", "info", "key"),
        "PasswordChanged" => ("Mot de passe changé", "info", "key"),
        "SessionsEnded" => ("Sessions fermées", "warning", "logout"),
        "EmailChangeAsked" => ("Changement d’adresse demandé", "info", "mail"),
        "EmailChanged" => ("Adresse changée", "info", "mail"),
        "ProfileChanged" => ("Profil modifié", "neutral", "pencil"),
        "ExternalLoginLinked" => ("Compte de l’entreprise associé", "info", "link"),
        _ => (action, "neutral", "circle-dashed"),
    };
}
