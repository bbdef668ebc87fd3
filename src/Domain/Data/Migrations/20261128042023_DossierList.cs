using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class DossierList : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_dossiers_created_at",
                table: "dossiers");

            migrationBuilder.AddColumn<int>(
                name: "beneficiaire_count",
                table: "dossiers",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "beneficiaire_name",
                table: "dossiers",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "fr-x-icu");

            migrationBuilder.AddColumn<string>(
                name: "company_name",
                table: "dossiers",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "fr-x-icu");

            migrationBuilder.AddColumn<bool>(
                name: "is_generated",
                table: "dossiers",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "opco_name",
                table: "dossiers",
                type: "text",
                nullable: true,
                collation: "fr-x-icu");

            migrationBuilder.AddColumn<Guid>(
                name: "responsable_id",
                table: "dossiers",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "responsable_name",
                table: "dossiers",
                type: "text",
                nullable: true,
                collation: "fr-x-icu");

            migrationBuilder.AddColumn<bool>(
                name: "is_generated",
                table: "companies",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "decision",
                table: "dossiers",
                type: "text",
                nullable: false,
                computedColumnSql: "case when granted_amount >= requested_amount then 'Accord' when granted_amount is not null then 'AccordPartiel' when refusal_code is null then 'Aucune' when filed_at is null then 'RefusAvantDepot' else 'RefusDeLOpco' end",
                stored: true);

            migrationBuilder.AddColumn<long>(
                name: "number_key",
                table: "dossiers",
                type: "bigint",
                nullable: false,
                computedColumnSql: "year::bigint * 100000000 + sequence",
                stored: true);

            migrationBuilder.AddColumn<int>(
                name: "state_rank",
                table: "dossiers",
                type: "integer",
                nullable: false,
                computedColumnSql: "case state when 'Abandonne' then 1 when 'AccordePartiel' then 2 when 'Accorde' then 3 when 'AnalyseBesoin' then 4 when 'Annule' then 5 when 'Brouillon' then 6 when 'Caduc' then 7 when 'CertificatEmis' then 8 when 'Clos' then 9 when 'ComplementDemande' then 10 when 'ConventionEnSignature' then 11 when 'Depose' then 12 when 'DevisAccepte' then 13 when 'DevisEnvoye' then 14 when 'EnCours' then 15 when 'EnInstruction' then 16 when 'Interrompu' then 17 when 'Litige' then 18 when 'Paye' then 19 when 'PayePartiel' then 20 when 'PiecesManquantes' then 21 when 'Planifie' then 22 when 'PretAuDepot' then 23 when 'Realise' then 24 when 'RefusTacite' then 25 when 'Refuse' then 26 when 'ReglementDemande' then 27 when 'Suivi6Mois' then 28 else 0 end",
                stored: true);

            migrationBuilder.CreateTable(
                name: "bulk_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    parameters = table.Column<string>(type: "jsonb", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_name = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_runs", x => x.id);
                    table.ForeignKey(
                        name: "fk_bulk_runs_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "saved_views",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "fr-x-icu"),
                    query = table.Column<string>(type: "text", nullable: false),
                    shared_role = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_saved_views", x => x.id);
                    table.ForeignKey(
                        name: "fk_saved_views_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "bulk_items",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dossier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    message = table.Column<string>(type: "text", nullable: true),
                    before = table.Column<string>(type: "text", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_items", x => new { x.run_id, x.dossier_id });
                    table.ForeignKey(
                        name: "fk_bulk_items_bulk_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "bulk_runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_bulk_items_dossiers_dossier_id",
                        column: x => x.dossier_id,
                        principalTable: "dossiers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "list_preferences",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    columns = table.Column<string[]>(type: "text[]", nullable: false),
                    default_view_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_list_preferences", x => x.user_id);
                    table.ForeignKey(
                        name: "fk_list_preferences_saved_views_default_view_id",
                        column: x => x.default_view_id,
                        principalTable: "saved_views",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_list_preferences_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_beneficiaire_name_id",
                table: "dossiers",
                columns: new[] { "beneficiaire_name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_company_id_number_key",
                table: "dossiers",
                columns: new[] { "company_id", "number_key" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_company_name_id",
                table: "dossiers",
                columns: new[] { "company_name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_created_at_id",
                table: "dossiers",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_decision_id",
                table: "dossiers",
                columns: new[] { "decision", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_filed_at_id",
                table: "dossiers",
                columns: new[] { "filed_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_filing_deadline_id",
                table: "dossiers",
                columns: new[] { "filing_deadline", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_granted_amount_id",
                table: "dossiers",
                columns: new[] { "granted_amount", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_kind_id",
                table: "dossiers",
                columns: new[] { "kind", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_number_key",
                table: "dossiers",
                column: "number_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_opco_name_id",
                table: "dossiers",
                columns: new[] { "opco_name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_opco_slug_number_key",
                table: "dossiers",
                columns: new[] { "opco_slug", "number_key" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_remainder_id",
                table: "dossiers",
                columns: new[] { "remainder", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_requested_amount_id",
                table: "dossiers",
                columns: new[] { "requested_amount", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_responsable_id_number_key",
                table: "dossiers",
                columns: new[] { "responsable_id", "number_key" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_responsable_name_id",
                table: "dossiers",
                columns: new[] { "responsable_name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_start_date_id",
                table: "dossiers",
                columns: new[] { "start_date", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_state_number_key",
                table: "dossiers",
                columns: new[] { "state", "number_key" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_state_rank_id",
                table: "dossiers",
                columns: new[] { "state_rank", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_state_since_id",
                table: "dossiers",
                columns: new[] { "state_since", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_title_id",
                table: "dossiers",
                columns: new[] { "title", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_bulk_items_dossier_id",
                table: "bulk_items",
                column: "dossier_id");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_items_pending",
                table: "bulk_items",
                column: "run_id",
                filter: "status = 'Pending'");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_items_run_id_status",
                table: "bulk_items",
                columns: new[] { "run_id", "status" });

            migrationBuilder.CreateIndex(
                name: "ix_bulk_runs_created_at",
                table: "bulk_runs",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_runs_owner_id_created_at",
                table: "bulk_runs",
                columns: new[] { "owner_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_list_preferences_default_view_id",
                table: "list_preferences",
                column: "default_view_id");

            migrationBuilder.CreateIndex(
                name: "ix_saved_views_owner_id_name",
                table: "saved_views",
                columns: new[] { "owner_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_saved_views_shared_role",
                table: "saved_views",
                column: "shared_role");

            migrationBuilder.AddForeignKey(
                name: "fk_dossiers_users_responsable_id",
                table: "dossiers",
                column: "responsable_id",
                principalTable: "users",
                principalColumn: "id",
                onDelete: ReferentialAction.SetNull);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_dossiers_users_responsable_id",
                table: "dossiers");

            migrationBuilder.DropTable(
                name: "bulk_items");

            migrationBuilder.DropTable(
                name: "list_preferences");

            migrationBuilder.DropTable(
                name: "bulk_runs");

            migrationBuilder.DropTable(
                name: "saved_views");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_beneficiaire_name_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_company_id_number_key",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_company_name_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_created_at_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_decision_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_filed_at_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_filing_deadline_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_granted_amount_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_kind_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_number_key",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_opco_name_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_opco_slug_number_key",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_remainder_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_requested_amount_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_responsable_id_number_key",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_responsable_name_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_start_date_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_state_number_key",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_state_rank_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_state_since_id",
                table: "dossiers");

            migrationBuilder.DropIndex(
                name: "ix_dossiers_title_id",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "decision",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "number_key",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "state_rank",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "beneficiaire_count",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "beneficiaire_name",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "company_name",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "is_generated",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "opco_name",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "responsable_id",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "responsable_name",
                table: "dossiers");

            migrationBuilder.DropColumn(
                name: "is_generated",
                table: "companies");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_created_at",
                table: "dossiers",
                column: "created_at");
        }
    }
}
