using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class RulesAndPassages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_rules_code_scope_kind_valid_from",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "required_in_package",
                table: "document_types");

            migrationBuilder.AddColumn<string>(
                name: "certainty",
                table: "rules",
                type: "text",
                nullable: false,
                defaultValue: "Indicative");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "changed_at",
                table: "rules",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "changed_by",
                table: "rules",
                type: "text",
                nullable: false,
                defaultValue: "MonOPCO");

            // By hand: what the seed of a new database says of the certainty of these.
            migrationBuilder.Sql("""
                update rules set certainty = 'Verified' where source like 'Réglage MonOPCO%' or source like 'art. %' or source like 'Conventions collectives%';
                update rules set certainty = 'ToConfirm' where code = 'heures.min';
                """);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "rules",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "source_url",
                table: "rules",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "withdrawn_at",
                table: "rules",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "withdrawn_by",
                table: "rules",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "withdrawn_reason",
                table: "rules",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "workflow_passage_mark",
                columns: table => new
                {
                    id = table.Column<short>(type: "smallint", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_passage_mark", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_passages",
                columns: table => new
                {
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    activity_id = table.Column<string>(type: "text", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    bucket = table.Column<short>(type: "smallint", nullable: false),
                    passages = table.Column<int>(type: "integer", nullable: false),
                    again = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_passages", x => new { x.definition_id, x.day, x.version, x.activity_id, x.outcome, x.bucket });
                });

            migrationBuilder.CreateIndex(
                name: "ix_workflow_journal_id",
                table: "workflow_journal",
                column: "id")
                .Annotation("Npgsql:IndexMethod", "brin")
                .Annotation("Npgsql:StorageParameter:autosummarize", true)
                .Annotation("Npgsql:StorageParameter:pages_per_range", 32);

            migrationBuilder.CreateIndex(
                name: "ix_rules_code_scope_kind_valid_from",
                table: "rules",
                columns: new[] { "code", "scope", "kind", "valid_from" },
                unique: true,
                filter: "withdrawn_at is null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "workflow_passage_mark");

            migrationBuilder.DropTable(
                name: "workflow_passages");

            migrationBuilder.DropIndex(
                name: "ix_workflow_journal_id",
                table: "workflow_journal");

            migrationBuilder.DropIndex(
                name: "ix_rules_code_scope_kind_valid_from",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "certainty",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "changed_at",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "changed_by",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "source_url",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "withdrawn_at",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "withdrawn_by",
                table: "rules");

            migrationBuilder.DropColumn(
                name: "withdrawn_reason",
                table: "rules");

            migrationBuilder.AddColumn<bool>(
                name: "required_in_package",
                table: "document_types",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_rules_code_scope_kind_valid_from",
                table: "rules",
                columns: new[] { "code", "scope", "kind", "valid_from" },
                unique: true);
        }
    }
}
