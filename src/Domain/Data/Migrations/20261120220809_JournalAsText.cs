using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MonOPCO.Domain.Data.Migrations
{
    /// <inheritdoc />
    public partial class JournalAsText : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            alter table workflow_journal alter column entries type text using entries::text;
            do $$ begin
                alter table workflow_journal alter column entries set compression lz4;
                alter table workflow_instances alter column input set compression lz4, alter column output set compression lz4, alter column properties set compression lz4, alter column state set compression lz4;
            exception when feature_not_supported then null; -- a server built without it compresses as it does by default
            end $$;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table workflow_journal alter column entries type jsonb using entries::jsonb");
    }
}
