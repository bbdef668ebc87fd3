using Microsoft.Playwright;
using MonOPCO.EndToEnd.Kill;

namespace MonOPCO.EndToEnd.Story;

/// <summary>One Host with all its roles, one Sandbox and one Chromium for every test that clicks through pages.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public class StoryWorld : IAsyncLifetime
{
    private readonly List<string> _wrong = [];
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Journey Journey { get; private set; } = null!;

    /// <summary>The story does not change its mind.</summary>
    protected virtual string UndoWindow => "00:00:00";

    public Uri Address => Journey.Process.Address;

    public Uri Sandbox => new(Journey.Sandbox.BaseUrl);

    public async Task InitializeAsync()
    {
        // A loaded machine is slow, not wrong.
        Assertions.SetDefaultExpectTimeout(30_000);
        Journey = await Journey.BeginAsync(UndoWindow);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists), Args = ["--no-sandbox"], Env = French() });
    }

    /// <summary>The browser's own words (dates, « Choisir un fichier ») follow the machine's language.</summary>
    private static Dictionary<string, string> French()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(x => (string)x.Key, x => (string)x.Value!);
        variables["LANGUAGE"] = "fr";
        variables["LANG"] = "fr_FR.UTF-8";
        variables.Remove("LC_ALL");
        return variables;
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Journey.DisposeAsync();
    }

    /// <summary>An account with every right and the demonstration's password: no role of the demonstration bar has it.</summary>
    public async Task<string> CreateAdministratorAsync()
    {
        var name = $"administration-{Guid.NewGuid():N}@demo.monopco.test";
        await using var connection = new Npgsql.NpgsqlConnection(Journey.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            """
            with made as (
              insert into users select (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'email', $1, 'user_name', $1, 'normalized_email', upper($1), 'normalized_user_name', upper($1), 'display_name', 'Anne Admin', 'is_demo', false))).*
              from users u where u.normalized_email = 'OPERATEUR@DEMO.MONOPCO.TEST' returning id)
            insert into user_roles (user_id, role_id) select made.id, r.id from made, roles r where r.name = 'SuperAdmin'
            """, connection);
        command.Parameters.AddWithValue(name);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        return name;
    }

    /// <summary>Notes what pages did or look like and should not: a walk goes on to its end and then says everything at once.</summary>
    public void Wrong(IEnumerable<string> what)
    {
        lock (_wrong)
        {
            _wrong.AddRange(what);
        }
    }

    public void AssertNothingWrong()
    {
        lock (_wrong)
        {
            var text = string.Join('\n', _wrong.Distinct());
            _wrong.Clear();
            Assert.True(text.Length == 0, text);
        }
    }

    /// <summary>Somebody sits down at a computer of his own: no cookie, a wide screen.</summary>
    public async Task<Person> ArriveAsync()
    {
        var context = await _browser.NewContextAsync(new() { Locale = "fr-FR", TimezoneId = "Europe/Paris", ViewportSize = Person.Wide, ReducedMotion = ReducedMotion.Reduce });
        return new Person(this, context, await context.NewPageAsync());
    }
}

/// <summary>The tests that share the world; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StoryTests : ICollectionFixture<StoryWorld>
{
    public const string Name = "Story";
}
