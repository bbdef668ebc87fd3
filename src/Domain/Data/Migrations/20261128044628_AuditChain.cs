using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_audit_entries_unsealed",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "chain_hash",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "sealed_at",
                table: "audit_entries");

            migrationBuilder.RenameColumn(
                name: "row_hash",
                table: "audit_entries",
                newName: "personal");

            migrationBuilder.AddColumn<string>(
                name: "on_behalf_of",
                table: "audit_entries",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "on_behalf_of_id",
                table: "audit_entries",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "personal_subject",
                table: "audit_entries",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "request_id",
                table: "audit_entries",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "tx",
                table: "audit_entries",
                type: "bigint",
                nullable: false,
                defaultValueSql: "audit_tx()");

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    format = table.Column<int>(type: "integer", nullable: false),
                    sealed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_tx = table.Column<long>(type: "bigint", nullable: false),
                    last_id = table.Column<long>(type: "bigint", nullable: false),
                    entry_ids = table.Column<long[]>(type: "bigint[]", nullable: false),
                    hashes = table.Column<byte[]>(type: "bytea", nullable: false),
                    previous = table.Column<byte[]>(type: "bytea", nullable: false),
                    head = table.Column<byte[]>(type: "bytea", nullable: false),
                    signature = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seals", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at_id",
                table: "audit_entries",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_on_behalf_of_id_at",
                table: "audit_entries",
                columns: new[] { "on_behalf_of_id", "at" },
                filter: "on_behalf_of_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_request_id",
                table: "audit_entries",
                column: "request_id",
                filter: "request_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_subject_action_at_id",
                table: "audit_entries",
                columns: new[] { "subject", "action", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_tx_id",
                table: "audit_entries",
                columns: new[] { "tx", "id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_user_id_at_id",
                table: "audit_entries",
                columns: new[] { "user_id", "at", "id" });

            // Names of people outside the staff leave the plain column, as long as nothing is sealed; their account tells them.
            migrationBuilder.Sql("update audit_entries set actor = case actor_kind when 'Company' then 'Entreprise' else 'Bénéficiaire' end where actor_kind in ('Company', 'Beneficiary') and user_id is not null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_at_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_on_behalf_of_id_at",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_request_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_subject_action_at_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_tx_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_user_id_at_id",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "on_behalf_of",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "on_behalf_of_id",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "personal_subject",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "request_id",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "tx",
                table: "audit_entries");

            migrationBuilder.RenameColumn(
                name: "personal",
                table: "audit_entries",
                newName: "row_hash");

            migrationBuilder.AddColumn<byte[]>(
                name: "chain_hash",
                table: "audit_entries",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "sealed_at",
                table: "audit_entries",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_unsealed",
                table: "audit_entries",
                column: "id",
                filter: "sealed_at is null");
        }
    }
}
