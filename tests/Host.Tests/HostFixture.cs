using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Host.Tests;

/// <summary>The Host in this process, on a PostgreSQL database of its own. One per test class: <c>IClassFixture&lt;HostFixture&gt;</c>.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public class HostFixture : IAsyncLifetime
{
    public const string Password = "une phrase assez longue";

    private TestDatabase _database = null!;
    private Factory _factory = null!;

    public ManualClock Clock { get; } = new();

    /// <summary>Mails that pages queued, oldest first.</summary>
    public List<QueuedMail> Mails { get; } = [];

    public IServiceProvider Services => _factory.Services;

    /// <summary>The superuser's connection to this fixture's database.</summary>
    protected string AdministratorConnection => _database.ConnectionString;

    protected virtual string Environment => "Production";

    protected virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>Further services of this fixture's Hosts.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    public virtual async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _factory = new Factory(this, _database);
        _ = _factory.Services;
    }

    public virtual async Task DisposeAsync()
    {
        await _factory.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A second Host on the same database, another machine as far as it knows.</summary>
    public WebApplicationFactory<Program> AnotherHost() => new Factory(this, _database);

    /// <summary>As the database's administrator: for what no page does.</summary>
    public async Task SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A visitor with a cookie jar; redirections are left to the test.</summary>
    public Browser Visitor() => new(_factory.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") }));

    /// <summary>A visitor signed in through the sign-in form, with a fresh account of that role.</summary>
    public async Task<Browser> SignInAsync(string role)
    {
        var browser = Visitor();
        await browser.SignInAsync((await CreateUserAsync(role)).Email!, Password);
        return browser;
    }

    /// <summary>A new account.</summary>
    public async Task<User> CreateUserAsync(string? role = null, Guid? companyId = null, string? password = Password)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var email = $"{Guid.NewGuid():N}@exemple.fr";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = "Claire Martin", CompanyId = companyId };
        Assert.True((password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, password)).Succeeded);
        if (role is not null)
        {
            Assert.True((await users.AddToRoleAsync(user, role)).Succeeded);
        }

        return user;
    }

    /// <summary>One more role for an account.</summary>
    public async Task GrantAsync(User user, string role)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        Assert.True((await users.AddToRoleAsync((await users.FindByIdAsync(user.Id.ToString()))!, role)).Succeeded);
    }

    /// <summary>Runs something with services of one scope.</summary>
    public async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> action)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await action(scope.ServiceProvider.GetRequiredService<TService>());
    }

    private sealed class Factory(HostFixture fixture, TestDatabase database) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(fixture.Environment);

            // The real roles: with a superuser row-level security would let everything through.
            foreach (var (key, value) in database.HostConnections)
            {
                builder.UseSetting(key, value);
            }

            builder.UseSetting("Site:PublicUrl", "https://monopco.test");
            builder.UseSetting("MasterKey:Value", new string('a', 64));

            // Quartz's tables and threads: only for the tests about them.
            builder.UseSetting("Jobs:Enabled", "false");
            builder.UseSetting("SignIn:MinimumAnswerTime", "00:00:00");
            builder.UseSetting("SignIn:AttemptsPerMinute", "100000");

            // Decisions take effect in the request, as most tests expect; those about taking them back say otherwise.
            builder.UseSetting("Taches:UndoWindow", "00:00:00");
            builder.UseSetting("Limits:UploadsPerMinute", "100000");
            builder.UseSetting("Site:WarmUp", "false");
            foreach (var (key, value) in fixture.Settings)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureTestServices(services =>
            {
                fixture.Configure(services);
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(fixture.Clock));
                services.Replace(ServiceDescriptor.Scoped<MailSink>(_ => (mail, _) =>
                {
                    lock (fixture.Mails)
                    {
                        fixture.Mails.Add(mail);
                    }

                    return Task.CompletedTask;
                }));
            });
        }
    }
}

/// <summary>The system's clock, moved by hand.</summary>
public sealed class ManualClock : TimeProvider
{
    private TimeSpan _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    public void Advance(TimeSpan by) => _offset += by;
}
