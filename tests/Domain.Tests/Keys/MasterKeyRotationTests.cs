using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Users;
using MonOPCO.TestCommon;

namespace MonOPCO.Domain.Tests.Keys;

/// <summary>Two Hosts, each with a folder of keys of its own as two machines have, on one database.</summary>
public sealed class MasterKeyRotationTests : IAsyncLifetime
{
    private static readonly KeyPlace Place = new("essai", "texte", "1");

    private readonly string _here = Directory.CreateTempSubdirectory("monopco-keys").FullName;
    private readonly string _there = Directory.CreateTempSubdirectory("monopco-keys").FullName;
    private TestDatabase _database = null!;
    private ServiceProvider _first = null!;
    private ServiceProvider _second = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await File.WriteAllTextAsync(Path.Combine(_here, "master.key"), key);
        await File.WriteAllTextAsync(Path.Combine(_there, "master.key"), key);
        (_first, _second) = (Process(_here), Process(_there));
        await Keys(_first).RefreshAsync(default);
        await Keys(_second).RefreshAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_here, true);
        Directory.Delete(_there, true);
    }

    [Fact]
    [Trait("Requirement", "S000-N2.4")]
    public async Task Rotate_WhileTwoHostsStoreAndRead_NothingFailsAndTheOldKeyIsNotNeededAnyMore()
    {
        var before = await StoreAsync(_first, 0);
        var subject = KeySubject.Dossier(Guid.NewGuid());
        var text = await _first.GetRequiredService<KeyRing>().EncryptAsync(subject, Place, "avant", default);
        var link = _first.GetRequiredService<KeyRing>().Hash("magic-link", "x");
        await AddProtectionKeyAsync();
        var old = _first.GetRequiredService<MasterKey>().Id;

        using var stop = new CancellationTokenSource();
        var stored = new System.Collections.Concurrent.ConcurrentBag<(Guid Id, byte Fill)> { before };
        var traffic = new[] { _first, _second }.Select((host, n) => Task.Run(async () =>
        {
            for (byte i = 1; !stop.IsCancellationRequested && i < 250; i++)
            {
                stored.Add(await StoreAsync(host, i));
                var (id, fill) = stored.ElementAt(i % stored.Count);
                Assert.Equal(DomainFixture.Pdf(fill: fill), await ReadAsync(n == 0 ? _second : _first, id));
            }
        })).ToArray();

        var path = await Keys(_first).CreateAsync(default);
        Assert.False(await Keys(_first).ActivateAsync(default)); // the second Host has not got it
        Assert.Equal(old, _second.GetRequiredService<MasterKey>().Id);
        File.Copy(path, Path.Combine(_there, Path.GetFileName(path)));
        await Keys(_second).RefreshAsync(default);
        Assert.True(await Keys(_first).ActivateAsync(default));

        // Between the activation and its next round the second Host still wraps with the old key: it cannot be retired under its feet.
        Assert.Equal("master-key-host", (await Assert.ThrowsAsync<RuleBrokenException>(() => Keys(_first).RetireAsync(old, default))).Code);
        await Keys(_second).RefreshAsync(default);
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Keys(_first).RetireAsync(old, default));
        Assert.Equal("master-key-used", refused.Code);
        Assert.Equal("master-key-current", (await Assert.ThrowsAsync<RuleBrokenException>(() => Keys(_first).RetireAsync(_first.GetRequiredService<MasterKey>().Id, default))).Code);

        await RewrapAllAsync(_first);
        await stop.CancelAsync();
        await Task.WhenAll(traffic);
        await RewrapAllAsync(_second);
        Assert.Equal(0, (await Keys(_first).StatusAsync(default)).Left);
        Assert.NotNull(await Keys(_first).RetireAsync(old, default));
        File.Delete(Path.Combine(_there, "master.key"));

        // A new process has only the new key.
        await using var later = Process(_there);
        await Keys(later).RefreshAsync(default);
        Assert.DoesNotContain(later.GetRequiredService<MasterKey>().Versions, x => x.Id == old);
        Assert.True(stored.Count > 3);
        foreach (var (id, fill) in stored)
        {
            Assert.Equal(DomainFixture.Pdf(fill: fill), await ReadAsync(later, id));
        }

        Assert.Equal("avant", await later.GetRequiredService<KeyRing>().DecryptTextAsync(subject, Place, text, default));
        Assert.Equal(link, later.GetRequiredService<KeyRing>().Hash("magic-link", "x"));
        var protection = await InAsync(later, (MonOpcoDbContext db) => db.ProtectionKeys.AsNoTracking().SingleAsync());
        Assert.Equal("<secret />", new MasterKeyXmlDecryptor(later).Decrypt(System.Xml.Linq.XElement.Parse(protection.Xml).Element("masterKey")!).ToString());
    }

    [Fact]
    public async Task Rotate_KilledHalfWay_IsTakenUpByAnother()
    {
        for (var i = 0; i < 450; i++)
        {
            await _first.GetRequiredService<KeyRing>().EncryptAsync(KeySubject.Dossier(Guid.NewGuid()), Place, "x", default);
        }

        var path = await Keys(_first).CreateAsync(default);
        File.Copy(path, Path.Combine(_there, Path.GetFileName(path)));
        await Keys(_second).RefreshAsync(default);
        Assert.True(await Keys(_first).ActivateAsync(default));
        Assert.Equal(200, await Keys(_first).RewrapAsync(default));
        await _first.DisposeAsync();

        await Keys(_second).RefreshAsync(default);
        var status = await Keys(_second).StatusAsync(default);
        Assert.Equal(250, status.Left);
        Assert.Equal("master-key-pending", await PendingCodeAsync(status));
        await RewrapAllAsync(_second);
        status = await Keys(_second).StatusAsync(default);
        Assert.Equal((0, 450), (status.Left, status.Versions.Single(x => x.IsCurrent).Uses));
    }

    [Fact]
    public async Task Refresh_WithoutTheKeyInUse_SaysWhichOneIsMissing()
    {
        var stranger = Directory.CreateTempSubdirectory("monopco-keys").FullName;
        await File.WriteAllBytesAsync(Path.Combine(stranger, "master.key"), RandomNumberGenerator.GetBytes(32));
        await using var host = Process(stranger);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Keys(host).RefreshAsync(default));
        Assert.Contains(_first.GetRequiredService<MasterKey>().Id, error.Message, StringComparison.Ordinal);
        Directory.Delete(stranger, true);
    }

    // A second rotation is refused while a version waits.
    private async Task<string> PendingCodeAsync(MasterKeyStatus status)
    {
        Assert.Null(status.Pending);
        await Keys(_second).CreateAsync(default);
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Keys(_second).CreateAsync(default));
        return refused.Code;
    }

    private static MasterKeys Keys(ServiceProvider host) => host.GetRequiredService<MasterKeys>();

    private static async Task RewrapAllAsync(ServiceProvider host)
    {
        while (await Keys(host).RewrapAsync(default) > 0)
        {
            // The next batch.
        }
    }

    private static async Task<(Guid Id, byte Fill)> StoreAsync(ServiceProvider host, byte fill)
    {
        var document = await InAsync(host, (DocumentStore store) => store.AddAsync(new NewDocument("PIECE", "essai.pdf"), new MemoryStream(DomainFixture.Pdf(fill: fill)), DomainFixture.Change(), default));
        return (document.Id, fill);
    }

    private static Task<byte[]> ReadAsync(ServiceProvider host, Guid id) => InAsync(host, (DocumentStore store) => store.ReadAsync(id, default));

    private Task AddProtectionKeyAsync() => InAsync(_first, async (MonOpcoDbContext db) =>
    {
        var wrapped = new MasterKeyXmlEncryptor(_first.GetRequiredService<MasterKey>()).Encrypt(new System.Xml.Linq.XElement("secret")).EncryptedElement;
        db.ProtectionKeys.Add(new ProtectionKey { Name = "key-1", Xml = new System.Xml.Linq.XElement("key", wrapped).ToString(), CreatedAt = DomainFixture.Now });
        return await db.SaveChangesAsync();
    });

    private static async Task<T> InAsync<TService, T>(ServiceProvider host, Func<TService, Task<T>> action)
        where TService : notnull
    {
        await using var scope = host.CreateAsyncScope();
        return await action(scope.ServiceProvider.GetRequiredService<TService>());
    }

    private ServiceProvider Process(string folder) => new ServiceCollection().AddMonOpcoDatabase(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ConnectionStrings:Staff"] = _database.ConnectionStringFor("monopco_staff"),
        ["ConnectionStrings:Portal"] = _database.ConnectionStringFor("monopco_portal"),
        ["MasterKey:File"] = folder,
    }).Build()).BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
}
