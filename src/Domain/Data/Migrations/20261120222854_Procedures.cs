using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class Procedures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "workflow_draft_copies",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    session = table.Column<string>(type: "text", nullable: false),
                    author = table.Column<string>(type: "text", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    based_on = table.Column<int>(type: "integer", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_draft_copies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_editors",
                columns: table => new
                {
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    session = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_editors", x => new { x.definition_id, x.session });
                });

            migrationBuilder.CreateTable(
                name: "workflow_moves",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    from_version_id = table.Column<string>(type: "text", nullable: false),
                    from_version = table.Column<int>(type: "integer", nullable: false),
                    to_version_id = table.Column<string>(type: "text", nullable: false),
                    to_version = table.Column<int>(type: "integer", nullable: false),
                    burst = table.Column<long>(type: "bigint", nullable: false),
                    state_before = table.Column<string>(type: "jsonb", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    undone_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    undone_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_moves", x => new { x.batch_id, x.instance_id });
                });

            migrationBuilder.CreateTable(
                name: "workflow_procedures",
                columns: table => new
                {
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    labels = table.Column<string[]>(type: "text[]", nullable: false),
                    needs_approval = table.Column<bool>(type: "boolean", nullable: true),
                    saved_by_session = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_procedures", x => x.definition_id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_publications",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    version_id = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false),
                    effective_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    requested_by = table.Column<string>(type: "text", nullable: false),
                    requested_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_by = table.Column<string>(type: "text", nullable: true),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_publications", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_draft_copies_definition_id_session",
                table: "workflow_draft_copies",
                columns: new[] { "definition_id", "session" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_workflow_moves_definition_id_at",
                table: "workflow_moves",
                columns: new[] { "definition_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_publications_definition_id_requested_at",
                table: "workflow_publications",
                columns: new[] { "definition_id", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_publications_effective_at",
                table: "workflow_publications",
                column: "effective_at",
                filter: "state = 'Scheduled'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "workflow_draft_copies");

            migrationBuilder.DropTable(
                name: "workflow_editors");

            migrationBuilder.DropTable(
                name: "workflow_moves");

            migrationBuilder.DropTable(
                name: "workflow_procedures");

            migrationBuilder.DropTable(
                name: "workflow_publications");
        }
    }
}
