using MonOPCO.EndToEnd.Story;
using Npgsql;

namespace MonOPCO.EndToEnd.Pages;

/// <summary>The pages of the audit, which no role of the demonstration bar may open.</summary>
internal static class AuditLook
{
    public static async Task SeesAuditAsync(this StoryWorld world)
    {
        var email = await CreateAuditorAsync(world.Journey.ConnectionString);
        await using var auditor = await world.ArriveAsync();
        await auditor.GoAsync("/connexion");
        await auditor.Field("Adresse électronique").FillAsync(email);
        await auditor.Field("Mot de passe").FillAsync(HostProcess.Password);
        await auditor.Button("Se connecter", exact: true).ClickAsync();
        await auditor.GoAsync("/admin/audit");
        await auditor.SeesTitleAsync("Journal");
        await auditor.LookAsync("journal");
        await auditor.GoAsync("/admin/audit?texte=introuvable");
        await auditor.LookAsync("journal-vide");
        await auditor.GoAsync("/admin/audit?objet=dossier");
        await auditor.Page.Locator("tbody th a").First.ClickAsync();
        await auditor.LookAsync("journal-ligne");
    }

    private static async Task<string> CreateAuditorAsync(string database)
    {
        var email = $"journal-{Guid.NewGuid():N}@demo.monopco.test";
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            with made as (
              insert into users select (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'email', $1, 'user_name', $1, 'normalized_email', upper($1), 'normalized_user_name', upper($1), 'display_name', 'Anne Audit', 'is_demo', false))).*
              from users u where u.normalized_email = 'OPERATEUR@DEMO.MONOPCO.TEST' returning id)
            insert into user_roles (user_id, role_id) select made.id, r.id from made, roles r where r.name = 'SuperAdmin'
            """, connection);
        command.Parameters.AddWithValue(email);
        await command.ExecuteNonQueryAsync();
        return email;
    }
}
