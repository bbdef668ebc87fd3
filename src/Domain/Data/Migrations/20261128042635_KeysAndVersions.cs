using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class KeysAndVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "key_holders",
                schema: "keys",
                columns: table => new
                {
                    host = table.Column<string>(type: "text", nullable: false),
                    key_ids = table.Column<string[]>(type: "text[]", nullable: false),
                    current_id = table.Column<string>(type: "text", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_holders", x => x.host);
                });

            migrationBuilder.CreateTable(
                name: "master_keys",
                schema: "keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    activated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    retired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_master_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subject_keys",
                schema: "keys",
                columns: table => new
                {
                    kind = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<string>(type: "text", nullable: false),
                    master_key_id = table.Column<string>(type: "text", nullable: false),
                    wrapped = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subject_keys", x => new { x.kind, x.id });
                });

            migrationBuilder.CreateTable(
                name: "subject_purges",
                schema: "keys",
                columns: table => new
                {
                    kind = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<string>(type: "text", nullable: false),
                    destroyed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subject_purges", x => new { x.kind, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_document_keys_master_key_id",
                schema: "keys",
                table: "document_keys",
                column: "master_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_subject_keys_master_key_id",
                schema: "keys",
                table: "subject_keys",
                column: "master_key_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "key_holders",
                schema: "keys");

            migrationBuilder.DropTable(
                name: "master_keys",
                schema: "keys");

            migrationBuilder.DropTable(
                name: "subject_keys",
                schema: "keys");

            migrationBuilder.DropTable(
                name: "subject_purges",
                schema: "keys");

            migrationBuilder.DropIndex(
                name: "ix_document_keys_master_key_id",
                schema: "keys",
                table: "document_keys");
        }
    }
}
