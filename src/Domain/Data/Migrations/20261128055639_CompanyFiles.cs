using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class CompanyFiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "archived_at",
                table: "companies",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "group_id",
                table: "companies",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "merged_into_id",
                table: "companies",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "company_contacts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    company_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_name = table.Column<string>(type: "text", nullable: false, collation: "fr-x-icu"),
                    first_name = table.Column<string>(type: "text", nullable: false),
                    job = table.Column<string>(type: "text", nullable: false),
                    email = table.Column<string>(type: "text", nullable: false),
                    phone = table.Column<string>(type: "text", nullable: false),
                    is_main = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_contacts", x => x.id);
                    table.ForeignKey(
                        name: "fk_company_contacts_companies_company_id",
                        column: x => x.company_id,
                        principalTable: "companies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "company_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "fr-x-icu"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_groups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "company_notes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    company_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    author = table.Column<string>(type: "text", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    text = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_notes", x => x.id);
                    table.ForeignKey(
                        name: "fk_company_notes_companies_company_id",
                        column: x => x.company_id,
                        principalTable: "companies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "page_times",
                columns: table => new
                {
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    band = table.Column<int>(type: "integer", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_page_times", x => new { x.day, x.band });
                });

            migrationBuilder.CreateIndex(
                name: "ix_companies_group_id",
                table: "companies",
                column: "group_id",
                filter: "group_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_companies_merged_into_id",
                table: "companies",
                column: "merged_into_id");

            migrationBuilder.CreateIndex(
                name: "ix_companies_name_id",
                table: "companies",
                columns: new[] { "name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_company_contacts_company_id_last_name",
                table: "company_contacts",
                columns: new[] { "company_id", "last_name" });

            migrationBuilder.CreateIndex(
                name: "ix_company_contacts_main",
                table: "company_contacts",
                column: "company_id",
                unique: true,
                filter: "is_main");

            migrationBuilder.CreateIndex(
                name: "ix_company_groups_name",
                table: "company_groups",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_company_notes_company_id_at",
                table: "company_notes",
                columns: new[] { "company_id", "at" });

            migrationBuilder.AddForeignKey(
                name: "fk_companies_companies_merged_into_id",
                table: "companies",
                column: "merged_into_id",
                principalTable: "companies",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_companies_company_groups_group_id",
                table: "companies",
                column: "group_id",
                principalTable: "company_groups",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_companies_companies_merged_into_id",
                table: "companies");

            migrationBuilder.DropForeignKey(
                name: "fk_companies_company_groups_group_id",
                table: "companies");

            migrationBuilder.DropTable(
                name: "company_contacts");

            migrationBuilder.DropTable(
                name: "company_groups");

            migrationBuilder.DropTable(
                name: "company_notes");

            migrationBuilder.DropTable(
                name: "page_times");

            migrationBuilder.DropIndex(
                name: "ix_companies_group_id",
                table: "companies");

            migrationBuilder.DropIndex(
                name: "ix_companies_merged_into_id",
                table: "companies");

            migrationBuilder.DropIndex(
                name: "ix_companies_name_id",
                table: "companies");

            migrationBuilder.DropColumn(
                name: "archived_at",
                table: "companies");

            migrationBuilder.DropColumn(
                name: "group_id",
                table: "companies");

            migrationBuilder.DropColumn(
                name: "merged_into_id",
                table: "companies");
        }
    }
}
