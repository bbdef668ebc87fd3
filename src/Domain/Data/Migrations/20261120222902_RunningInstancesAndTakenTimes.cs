using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class RunningInstancesAndTakenTimes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "workflow_migrations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    from_version_id = table.Column<string>(type: "text", nullable: false),
                    to_version_id = table.Column<string>(type: "text", nullable: false),
                    is_preview = table.Column<bool>(type: "boolean", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    total = table.Column<int>(type: "integer", nullable: false),
                    possible = table.Column<int>(type: "integer", nullable: false),
                    refused = table.Column<int>(type: "integer", nullable: false),
                    last_id = table.Column<Guid>(type: "uuid", nullable: false),
                    problems = table.Column<string>(type: "jsonb", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_migrations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_scheduled_starts",
                columns: table => new
                {
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    activity_id = table.Column<string>(type: "text", nullable: false),
                    scheduled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_scheduled_starts", x => new { x.definition_id, x.activity_id, x.scheduled_at });
                });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_instances_running",
                table: "workflow_instances",
                columns: new[] { "definition_id", "correlation_id" },
                filter: "status = 'Running'");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_migrations_definition_id_id",
                table: "workflow_migrations",
                columns: new[] { "definition_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_migrations_unfinished",
                table: "workflow_migrations",
                column: "id",
                filter: "finished_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_scheduled_starts_taken_at",
                table: "workflow_scheduled_starts",
                column: "taken_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "workflow_migrations");

            migrationBuilder.DropTable(
                name: "workflow_scheduled_starts");

            migrationBuilder.DropIndex(
                name: "ix_workflow_instances_running",
                table: "workflow_instances");
        }
    }
}
