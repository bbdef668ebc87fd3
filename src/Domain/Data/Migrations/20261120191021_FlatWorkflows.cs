using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class FlatWorkflows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_workflow_journal",
                table: "workflow_journal");

            migrationBuilder.DropIndex(
                name: "ix_workflow_journal_instance_id_id",
                table: "workflow_journal");

            migrationBuilder.DropIndex(
                name: "ix_workflow_instances_incidents",
                table: "workflow_instances");

            migrationBuilder.DropIndex(
                name: "ix_workflow_bookmarks_kind_key",
                table: "workflow_bookmarks");

            migrationBuilder.AlterTable(
                name: "workflow_instances")
                .Annotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.AddPrimaryKey(
                name: "pk_workflow_journal",
                table: "workflow_journal",
                columns: new[] { "instance_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_instances_incidents",
                table: "workflow_instances",
                column: "created_at",
                filter: "incident_count > 0");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_bookmarks_kind_key_closed_at",
                table: "workflow_bookmarks",
                columns: new[] { "kind", "key", "closed_at" },
                filter: "closed_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_bookmarks_kind_key_created_at",
                table: "workflow_bookmarks",
                columns: new[] { "kind", "key", "created_at" },
                filter: "closed_at is null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_workflow_journal",
                table: "workflow_journal");

            migrationBuilder.DropIndex(
                name: "ix_workflow_instances_incidents",
                table: "workflow_instances");

            migrationBuilder.DropIndex(
                name: "ix_workflow_bookmarks_kind_key_closed_at",
                table: "workflow_bookmarks");

            migrationBuilder.DropIndex(
                name: "ix_workflow_bookmarks_kind_key_created_at",
                table: "workflow_bookmarks");

            migrationBuilder.AlterTable(
                name: "workflow_instances")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.AddPrimaryKey(
                name: "pk_workflow_journal",
                table: "workflow_journal",
                column: "id");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_journal_instance_id_id",
                table: "workflow_journal",
                columns: new[] { "instance_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_instances_incidents",
                table: "workflow_instances",
                column: "updated_at",
                filter: "incident_count > 0");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_bookmarks_kind_key",
                table: "workflow_bookmarks",
                columns: new[] { "kind", "key" });
        }
    }
}
