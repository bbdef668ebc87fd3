using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class MigrationsOfAnyNumber : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "actor_id",
                table: "workflow_migrations",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "workflow_migrations",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "undo_of",
                table: "workflow_migrations",
                type: "uuid",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "actor_id",
                table: "workflow_migrations");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "workflow_migrations");

            migrationBuilder.DropColumn(
                name: "undo_of",
                table: "workflow_migrations");
        }
    }
}
