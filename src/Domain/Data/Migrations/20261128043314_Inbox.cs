using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class Inbox : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "shortcuts_off",
                table: "users",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AlterColumn<string>(
                name: "form",
                table: "human_tasks",
                type: "json",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "jsonb",
                oldNullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "draft_at",
                table: "human_tasks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "draft_by_name",
                table: "human_tasks",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "draft_version",
                table: "human_tasks",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "escalate_at",
                table: "human_tasks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "escalation_step",
                table: "human_tasks",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "priority_rank",
                table: "human_tasks",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            // Tasks that are there already: their rank, and their deadline to be watched.
            migrationBuilder.Sql("""
                update human_tasks set priority_rank = case priority when 'Urgent' then 0 when 'High' then 1 when 'Normal' then 2 else 3 end,
                  escalate_at = case when status = 'Open' and due_at < '9999-01-01Z' then due_at end
                """);

            migrationBuilder.CreateTable(
                name: "delegations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "text", nullable: false),
                    delegate_id = table.Column<Guid>(type: "uuid", nullable: false),
                    delegate_name = table.Column<string>(type: "text", nullable: false),
                    from_day = table.Column<DateOnly>(type: "date", nullable: false),
                    to_day = table.Column<DateOnly>(type: "date", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delegations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "escalation_rules",
                columns: table => new
                {
                    task_code = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<int>(type: "integer", nullable: false),
                    valid_from = table.Column<DateOnly>(type: "date", nullable: false),
                    valid_to = table.Column<DateOnly>(type: "date", nullable: true),
                    after_hours = table.Column<int>(type: "integer", nullable: false),
                    raise_to = table.Column<string>(type: "text", nullable: true),
                    notify_assignee = table.Column<bool>(type: "boolean", nullable: false),
                    notify_role = table.Column<string>(type: "text", nullable: true),
                    release = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_escalation_rules", x => new { x.task_code, x.step, x.valid_from });
                });

            migrationBuilder.CreateTable(
                name: "holidays",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    valid_from = table.Column<DateOnly>(type: "date", nullable: false),
                    valid_to = table.Column<DateOnly>(type: "date", nullable: true),
                    label = table.Column<string>(type: "text", nullable: false),
                    zone = table.Column<string>(type: "text", nullable: false),
                    month = table.Column<int>(type: "integer", nullable: true),
                    day = table.Column<int>(type: "integer", nullable: true),
                    easter_offset = table.Column<int>(type: "integer", nullable: true),
                    source = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_holidays", x => new { x.code, x.valid_from });
                });

            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    mail_wanted = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "presences",
                columns: table => new
                {
                    subject = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    editing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    taken_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_presences", x => new { x.subject, x.user_id });
                });

            migrationBuilder.CreateTable(
                name: "task_attachments",
                columns: table => new
                {
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    document_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    by_name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_attachments", x => new { x.task_id, x.document_id });
                    table.ForeignKey(
                        name: "fk_task_attachments_documents_document_id",
                        column: x => x.document_id,
                        principalTable: "documents",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_task_attachments_human_tasks_task_id",
                        column: x => x.task_id,
                        principalTable: "human_tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "task_batches",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    order = table.Column<string>(type: "jsonb", nullable: false),
                    items = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_batches", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "task_decisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    data = table.Column<string>(type: "jsonb", nullable: true),
                    fields = table.Column<string>(type: "jsonb", nullable: true),
                    actor_kind = table.Column<string>(type: "text", nullable: false),
                    actor_name = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    batch_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    apply_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_decisions", x => x.id);
                    table.ForeignKey(
                        name: "fk_task_decisions_human_tasks_task_id",
                        column: x => x.task_id,
                        principalTable: "human_tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "work_calendars",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    training_body_id = table.Column<Guid>(type: "uuid", nullable: true),
                    zones = table.Column<string[]>(type: "text[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_work_calendars", x => x.code);
                    table.ForeignKey(
                        name: "fk_work_calendars_training_bodies_training_body_id",
                        column: x => x.training_body_id,
                        principalTable: "training_bodies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "closures",
                columns: table => new
                {
                    calendar_code = table.Column<string>(type: "text", nullable: false),
                    from = table.Column<DateOnly>(type: "date", nullable: false),
                    to = table.Column<DateOnly>(type: "date", nullable: false),
                    label = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_closures", x => new { x.calendar_code, x.from });
                    table.ForeignKey(
                        name: "fk_closures_work_calendars_calendar_code",
                        column: x => x.calendar_code,
                        principalTable: "work_calendars",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "opening_hours",
                columns: table => new
                {
                    calendar_code = table.Column<string>(type: "text", nullable: false),
                    day = table.Column<string>(type: "text", nullable: false),
                    opens = table.Column<TimeOnly>(type: "time without time zone", nullable: false),
                    valid_from = table.Column<DateOnly>(type: "date", nullable: false),
                    closes = table.Column<TimeOnly>(type: "time without time zone", nullable: false),
                    valid_to = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_opening_hours", x => new { x.calendar_code, x.day, x.opens, x.valid_from });
                    table.ForeignKey(
                        name: "fk_opening_hours_work_calendars_calendar_code",
                        column: x => x.calendar_code,
                        principalTable: "work_calendars",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_done_by",
                table: "human_tasks",
                columns: new[] { "completed_by_id", "completed_at", "id" },
                filter: "status = 'Completed'");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_done_role",
                table: "human_tasks",
                columns: new[] { "candidate_role", "completed_at", "id" },
                filter: "status = 'Completed'");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_escalate",
                table: "human_tasks",
                column: "escalate_at",
                filter: "status = 'Open' and escalate_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_inbox_role_created",
                table: "human_tasks",
                columns: new[] { "candidate_role", "created_at", "id" },
                filter: "status = 'Open' and assignee_id is null and candidate_role is not null");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_inbox_role_priority",
                table: "human_tasks",
                columns: new[] { "candidate_role", "priority_rank", "due_at", "id" },
                filter: "status = 'Open' and assignee_id is null and candidate_role is not null");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_inbox_team",
                table: "human_tasks",
                columns: new[] { "candidate_role", "due_at", "id" },
                filter: "status = 'Open' and assignee_id is not null and candidate_role is not null");

            migrationBuilder.CreateIndex(
                name: "ix_human_tasks_open_code",
                table: "human_tasks",
                column: "code",
                filter: "status = 'Open'");

            migrationBuilder.CreateIndex(
                name: "ix_delegations_delegate_id_to_day",
                table: "delegations",
                columns: new[] { "delegate_id", "to_day" });

            migrationBuilder.CreateIndex(
                name: "ix_delegations_user_id_to_day",
                table: "delegations",
                columns: new[] { "user_id", "to_day" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_to_mail",
                table: "notices",
                column: "at",
                filter: "mail_wanted");

            migrationBuilder.CreateIndex(
                name: "ix_notices_unread",
                table: "notices",
                columns: new[] { "user_id", "at" },
                filter: "read_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_presences_seen_at",
                table: "presences",
                column: "seen_at");

            migrationBuilder.CreateIndex(
                name: "ix_task_attachments_document_id",
                table: "task_attachments",
                column: "document_id");

            migrationBuilder.CreateIndex(
                name: "ix_task_batches_user_id_at",
                table: "task_batches",
                columns: new[] { "user_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_task_decisions_apply_at",
                table: "task_decisions",
                column: "apply_at");

            migrationBuilder.CreateIndex(
                name: "ix_task_decisions_batch_id",
                table: "task_decisions",
                column: "batch_id");

            migrationBuilder.CreateIndex(
                name: "ix_task_decisions_task_id",
                table: "task_decisions",
                column: "task_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_work_calendars_training_body_id",
                table: "work_calendars",
                column: "training_body_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "closures");

            migrationBuilder.DropTable(
                name: "delegations");

            migrationBuilder.DropTable(
                name: "escalation_rules");

            migrationBuilder.DropTable(
                name: "holidays");

            migrationBuilder.DropTable(
                name: "notices");

            migrationBuilder.DropTable(
                name: "opening_hours");

            migrationBuilder.DropTable(
                name: "presences");

            migrationBuilder.DropTable(
                name: "task_attachments");

            migrationBuilder.DropTable(
                name: "task_batches");

            migrationBuilder.DropTable(
                name: "task_decisions");

            migrationBuilder.DropTable(
                name: "work_calendars");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_done_by",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_done_role",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_escalate",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_inbox_role_created",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_inbox_role_priority",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_inbox_team",
                table: "human_tasks");

            migrationBuilder.DropIndex(
                name: "ix_human_tasks_open_code",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "shortcuts_off",
                table: "users");

            migrationBuilder.DropColumn(
                name: "draft_at",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "draft_by_name",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "draft_version",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "escalate_at",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "escalation_step",
                table: "human_tasks");

            migrationBuilder.DropColumn(
                name: "priority_rank",
                table: "human_tasks");

            migrationBuilder.AlterColumn<string>(
                name: "form",
                table: "human_tasks",
                type: "jsonb",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "json",
                oldNullable: true);
        }
    }
}
