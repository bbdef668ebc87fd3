using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Bulk;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Mails;
using MonOPCO.Domain.News;
using MonOPCO.Domain.Notices;
using MonOPCO.Domain.Operations;
using MonOPCO.Domain.Privacy;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Data;

/// <summary>The only DbContext. Each entity's mapping stands beside it (<c>XxxMapping : IEntityTypeConfiguration</c>); every name is snake_case.</summary>
public sealed class MonOpcoDbContext(DbContextOptions<MonOpcoDbContext> options) : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    private static readonly ServiceProvider Identity =
        new ServiceCollection().Configure<IdentityOptions>(x => x.Stores.SchemaVersion = IdentitySchemaVersions.Version3).BuildServiceProvider();

    private readonly HashSet<string> _news = new(StringComparer.Ordinal);

    /// <summary>Topics of what this unit of work changed (« task:… », « dossier:… »): told after its commit, see <see cref="Tell"/>.</summary>
    internal ISet<string> News => _news;

    /// <summary>Where they are told; null where nobody listens (migrations, tools).</summary>
    internal NewsDesk? NewsDesk { get; init; }

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<Company> Companies => Set<Company>();

    public DbSet<Opco> Opcos => Set<Opco>();

    public DbSet<Rule> Rules => Set<Rule>();

    public DbSet<Dossier> Dossiers => Set<Dossier>();

    public DbSet<RequestDraft> RequestDrafts => Set<RequestDraft>();

    public DbSet<SavedView> SavedViews => Set<SavedView>();

    public DbSet<ListPreference> ListPreferences => Set<ListPreference>();

    public DbSet<BulkRun> BulkRuns => Set<BulkRun>();

    public DbSet<BulkItem> BulkItems => Set<BulkItem>();

    public DbSet<Beneficiaire> Beneficiaires => Set<Beneficiaire>();

    public DbSet<TrainingBody> TrainingBodies => Set<TrainingBody>();

    public DbSet<Complement> Complements => Set<Complement>();

    public DbSet<ComplementType> ComplementTypes => Set<ComplementType>();

    public DbSet<RefusalReason> RefusalReasons => Set<RefusalReason>();

    public DbSet<DossierEvent> DossierEvents => Set<DossierEvent>();

    public DbSet<HumanTask> HumanTasks => Set<HumanTask>();

    public DbSet<TaskDecision> TaskDecisions => Set<TaskDecision>();

    public DbSet<TaskAttachment> TaskAttachments => Set<TaskAttachment>();

    public DbSet<Delegation> Delegations => Set<Delegation>();

    public DbSet<Notice> Notices => Set<Notice>();

    public DbSet<TaskComment> TaskComments => Set<TaskComment>();

    public DbSet<Document> Documents => Set<Document>();

    public DbSet<DocumentType> DocumentTypes => Set<DocumentType>();

    public DbSet<SignatureRequest> SignatureRequests => Set<SignatureRequest>();

    public DbSet<Signer> Signers => Set<Signer>();

    public DbSet<MagicLink> MagicLinks => Set<MagicLink>();

    public DbSet<LoginCode> LoginCodes => Set<LoginCode>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    public DbSet<Filing> Filings => Set<Filing>();

    public DbSet<PortalSetting> PortalSettings => Set<PortalSetting>();

    public DbSet<SentMail> SentMails => Set<SentMail>();

    public DbSet<OperationRun> OperationRuns => Set<OperationRun>();

    public DbSet<OperationAlert> OperationAlerts => Set<OperationAlert>();

    public DbSet<SystemJob> SystemJobs => Set<SystemJob>();

    public DbSet<EffectHold> EffectHolds => Set<EffectHold>();

    public DbSet<HostPresence> HostPresences => Set<HostPresence>();

    /// <summary>After the commit: whoever shows what was changed looks again.</summary>
    internal void Tell()
    {
        if (_news.Count > 0)
        {
            NewsDesk?.Send([.. _news]);
            _news.Clear();
        }
    }

    public DbSet<ProcessingRecord> ProcessingRecords => Set<ProcessingRecord>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<PersonRequest> PersonRequests => Set<PersonRequest>();

    public DbSet<Erasure> Erasures => Set<Erasure>();

    public DbSet<PurgePlan> PurgePlans => Set<PurgePlan>();

    public DbSet<PurgeItem> PurgeItems => Set<PurgeItem>();

    /// <summary>Identity reads its schema version from options; fixed here, so that migrations, tests and Host see one model whatever they configure.</summary>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseApplicationServiceProvider(Identity);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
        configurationBuilder.Properties<decimal>().HavePrecision(12, 2);
        configurationBuilder.Properties<JsonObject>().HaveConversion<JsonObjectConverter, JsonObjectComparer>().HaveColumnType("jsonb");
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasPostgresExtension("pg_trgm");
        builder.ApplyConfigurationsFromAssembly(typeof(MonOpcoDbContext).Assembly);
        SnakeCase.Apply(builder);
    }
}
