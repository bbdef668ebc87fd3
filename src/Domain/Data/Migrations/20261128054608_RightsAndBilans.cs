using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class RightsAndBilans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "bilan_contents",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dossier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_key = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bilan_contents", x => x.id);
                    table.ForeignKey(
                        name: "fk_bilan_contents_dossiers_dossier_id",
                        column: x => x.dossier_id,
                        principalTable: "dossiers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "bilan_keys",
                schema: "keys",
                columns: table => new
                {
                    dossier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_key = table.Column<string>(type: "text", nullable: false),
                    master_key_id = table.Column<string>(type: "text", nullable: false),
                    wrapped = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bilan_keys", x => new { x.dossier_id, x.person_key });
                });

            migrationBuilder.CreateTable(
                name: "consultant_handovers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dossier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    to_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    to_name = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    wording = table.Column<string>(type: "text", nullable: false),
                    proposed_by = table.Column<string>(type: "text", nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    answered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    accepted = table.Column<bool>(type: "boolean", nullable: true),
                    answered_by = table.Column<string>(type: "text", nullable: true),
                    withdrawn_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consultant_handovers", x => x.id);
                    table.ForeignKey(
                        name: "fk_consultant_handovers_dossiers_dossier_id",
                        column: x => x.dossier_id,
                        principalTable: "dossiers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dossier_accesses",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    dossier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    thing = table.Column<string>(type: "text", nullable: false),
                    document_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dossier_accesses", x => x.id);
                    table.ForeignKey(
                        name: "fk_dossier_accesses_dossiers_dossier_id",
                        column: x => x.dossier_id,
                        principalTable: "dossiers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "permission_versions",
                columns: table => new
                {
                    id = table.Column<short>(type: "smallint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_permission_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "role_permissions",
                columns: table => new
                {
                    role = table.Column<string>(type: "text", nullable: false),
                    permission = table.Column<string>(type: "text", nullable: false),
                    granted = table.Column<bool>(type: "boolean", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_role_permissions", x => new { x.role, x.permission });
                });

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_assignee_id",
                table: "human_tasks",
                column: "assignee_id",
                filter: "assignee_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_candidate_user_id",
                table: "human_tasks",
                column: "candidate_user_id",
                filter: "candidate_user_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_bilan_contents_dossier_id",
                table: "bilan_contents",
                column: "dossier_id");

            migrationBuilder.CreateIndex(
                name: "ix_bilan_contents_person_key",
                table: "bilan_contents",
                column: "person_key");

            migrationBuilder.CreateIndex(
                name: "ix_bilan_keys_master_key_id",
                schema: "keys",
                table: "bilan_keys",
                column: "master_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_bilan_keys_person_key",
                schema: "keys",
                table: "bilan_keys",
                column: "person_key");

            migrationBuilder.CreateIndex(
                name: "ix_consultant_handovers_dossier_id",
                table: "consultant_handovers",
                column: "dossier_id");

            migrationBuilder.CreateIndex(
                name: "ix_consultant_handovers_pending",
                table: "consultant_handovers",
                column: "dossier_id",
                unique: true,
                filter: "answered_at is null and withdrawn_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_dossier_accesses_dossier_id_id",
                table: "dossier_accesses",
                columns: new[] { "dossier_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bilan_contents");

            migrationBuilder.DropTable(
                name: "bilan_keys",
                schema: "keys");

            migrationBuilder.DropTable(
                name: "consultant_handovers");

            migrationBuilder.DropTable(
                name: "dossier_accesses");

            migrationBuilder.DropTable(
                name: "permission_versions");

            migrationBuilder.DropTable(
                name: "role_permissions");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_assignee_id",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_candidate_user_id",
                table: "human_tasks");
        }
    }
}
