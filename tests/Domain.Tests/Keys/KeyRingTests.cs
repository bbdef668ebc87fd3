using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;
using Npgsql;

namespace MonOPCO.Domain.Tests.Keys;

public sealed class KeyRingTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private static readonly KeyPlace Iban = new("bank_accounts", "iban", "1");

    private KeyRing Ring => fixture.Services.GetRequiredService<KeyRing>();

    [Fact]
    [Trait("Requirement", "S002-5.2.2")]
    public async Task Encrypt_AnyText_OpensOnlyInItsPlaceAndForItsSubject()
    {
        var (company, other) = (KeySubject.Company(Guid.NewGuid()), KeySubject.Company(Guid.NewGuid()));
        var stored = await Ring.EncryptAsync(company, Iban, "FR7630006000011234567890189", default);
        Assert.DoesNotContain("FR76", Encoding.Latin1.GetString(stored), StringComparison.Ordinal);
        Assert.NotEqual(stored, await Ring.EncryptAsync(company, Iban, "FR7630006000011234567890189", default));

        // Another process has no memory of the key.
        await using var elsewhere = Another();
        Assert.Equal("FR7630006000011234567890189", await elsewhere.GetRequiredService<KeyRing>().DecryptTextAsync(company, Iban, stored, default));

        await Ring.EncryptAsync(other, Iban, "x", default);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Ring.DecryptAsync(other, Iban, stored, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Ring.DecryptAsync(company, Iban with { Row = "2" }, stored, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Ring.DecryptAsync(company, Iban with { Column = "bic" }, stored, default));
        stored[^1] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Ring.DecryptAsync(company, Iban, stored, default));
    }

    [Fact]
    public async Task Encrypt_ManyAtOnceForANewSubject_MakeOneKey()
    {
        var subject = KeySubject.Dossier(Guid.NewGuid());
        await using var elsewhere = Another();
        var rings = new[] { Ring, elsewhere.GetRequiredService<KeyRing>() };
        var stored = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => rings[i % 2].EncryptAsync(subject, Iban, $"n° {i}", default)));
        for (var i = 0; i < stored.Length; i++)
        {
            Assert.Equal($"n° {i}", await rings[(i + 1) % 2].DecryptTextAsync(subject, Iban, stored[i], default));
        }
    }

    [Fact]
    [Trait("Requirement", "S002-5.2.1")]
    public async Task Destroy_Subject_ErasesForGoodAndAfterARestoreToo()
    {
        var subject = KeySubject.Account(Guid.NewGuid());
        var stored = await Ring.EncryptAsync(subject, Iban, "à effacer", default);
        var row = await SubjectKeyAsync(subject);
        Assert.True(await fixture.InDbAsync(db => Ring.DestroyAsync(db, subject, DomainFixture.Change(), default)));
        Assert.False(await fixture.InDbAsync(db => Ring.DestroyAsync(db, subject, DomainFixture.Change(), default)));
        Assert.Null(await Ring.DecryptAsync(subject, Iban, stored, default));
        Assert.Equal("subject-erased", (await Assert.ThrowsAsync<RuleBrokenException>(() => Ring.EncryptAsync(subject, Iban, "encore", default))).Code);

        // An old backup of the keys comes back.
        await fixture.InDbAsync(async db =>
        {
            db.Add(row!);
            return await db.SaveChangesAsync();
        });
        await using var restored = Another();
        Assert.Equal(1, await restored.GetRequiredService<KeyRing>().ReplayPurgesAsync(default));
        Assert.Null(await restored.GetRequiredService<KeyRing>().DecryptAsync(subject, Iban, stored, default));
        Assert.True(await fixture.InDbAsync(db => db.AuditEntries.AnyAsync(x => x.Subject == "key" && x.Action == "Destroyed" && x.SubjectId == subject.ToString())));
    }

    [Fact]
    public async Task Keys_OfThePortal_AreOutOfReach()
    {
        await Ring.EncryptAsync(KeySubject.Dossier(Guid.NewGuid()), Iban, "x", default);
        await using var source = NpgsqlDataSource.Create(fixture.Database.ConnectionStringFor("monopco_portal"));
        foreach (var table in (string[])["subject_keys", "subject_purges", "master_keys", "key_holders"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(async () => await source.CreateCommand($"select * from keys.{table}").ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private ServiceProvider Another() => new ServiceCollection().AddMonOpcoDatabase(fixture.Configuration).BuildServiceProvider();

    private Task<SubjectKey?> SubjectKeyAsync(KeySubject subject) =>
        fixture.InDbAsync(db => db.Set<SubjectKey>().AsNoTracking().FirstOrDefaultAsync(x => x.Kind == subject.Kind && x.Id == subject.Id));
}
