using System.IO.Compression;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Tests.Documents;

public sealed class DocumentStoreTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Theory]
    [InlineData(10)]
    [InlineData(DocumentStore.ChunkSize - 1)]
    [InlineData(DocumentStore.ChunkSize)]
    [InlineData((2 * DocumentStore.ChunkSize) + 17)]
    public async Task Add_AnySize_ComesBackUnchanged(int size)
    {
        var bytes = DomainFixture.Pdf(size);
        var document = await AddAsync(bytes);
        Assert.Equal((FileSniffer.Pdf, (long)size, Convert.ToHexStringLower(SHA256.HashData(bytes))), (document.Mime, document.Size, document.Sha256));
        Assert.Equal(bytes, await ReadAsync(document.Id));
        Assert.True(await VerifyAsync(document.Id));
        var stored = await fixture.InDbAsync(db => db.Set<DocumentChunk>().Where(x => x.DocumentId == document.Id).OrderBy(x => x.Position).Select(x => x.Bytes).ToListAsync());
        Assert.Equal((size + DocumentStore.ChunkSize - 1) / DocumentStore.ChunkSize, stored.Count);
        Assert.All(stored, x => Assert.Equal(-1, x.AsSpan().IndexOf(new byte[] { 7, 7, 7, 7, 7, 7, 7, 7 })));
    }

    [Theory]
    [InlineData("update document_chunks set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) where document_id = {0} and position = 1")]
    [InlineData("delete from document_chunks where document_id = {0} and position = 2")]
    [InlineData("update document_chunks set position = case position when 0 then 1 when 1 then 0 else position end where document_id = {0}")]
    [InlineData("update documents set size = size - 17 where id = {0}")]
    public async Task Read_TamperedRows_IsRefused(string sql)
    {
        var document = await AddAsync(DomainFixture.Pdf((2 * DocumentStore.ChunkSize) + 17));
        if (sql.Contains("case position", StringComparison.Ordinal))
        {
            // Swapping two keys in one statement would collide: go through a third place.
            await ExecuteAsync("update document_chunks set position = position + 100 where document_id = {0}", document.Id);
            sql = "update document_chunks set position = case position when 100 then 1 when 101 then 0 else 2 end where document_id = {0}";
        }

        Assert.True(await ExecuteAsync(sql, document.Id) > 0);
        Assert.False(await VerifyAsync(document.Id));
    }

    [Fact]
    public async Task Destroy_ThenOldRowsRestored_ReplayOfThePurgeListDestroysAgain()
    {
        var document = await AddAsync(DomainFixture.Pdf());
        var (key, chunk) = await fixture.InDbAsync(async db => (await db.Set<DocumentKey>().AsNoTracking().SingleAsync(x => x.DocumentId == document.Id), await db.Set<DocumentChunk>().AsNoTracking().SingleAsync(x => x.DocumentId == document.Id)));
        Assert.True(await DestroyAsync(document.Id));
        Assert.False(await DestroyAsync(document.Id));
        Assert.Equal("document-destroyed", (await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(document.Id))).Code);

        // An old backup brings the rows back.
        await fixture.InDbAsync(async db =>
        {
            db.AddRange(key, chunk);
            await db.SaveChangesAsync();
            return await db.Documents.Where(x => x.Id == document.Id).ExecuteUpdateAsync(x => x.SetProperty(d => d.DestroyedAt, (DateTimeOffset?)null));
        });
        Assert.True(await VerifyAsync(document.Id));
        Assert.Equal(1, await fixture.InScopeAsync<DocumentStore, int>(x => x.ReplayPurgesAsync(CancellationToken.None)));
        await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(document.Id));
        Assert.NotEmpty((await fixture.InScopeAsync<DocumentStore, Document?>(x => x.FindAsync(document.Id, CancellationToken.None)))!.Sha256);
    }

    [Fact]
    [Trait("Requirement", "S000-4.1.5")]
    public async Task Add_WrongOversizedOrEmptyFile_IsRefusedInFrench()
    {
        Assert.Equal("document-kind", (await RefusedAsync("MZ not a pdf"u8.ToArray())).Code);
        Assert.Contains("10 Mo", (await RefusedAsync(DomainFixture.Pdf((10 * 1024 * 1024) + 1))).Message, StringComparison.Ordinal);
        Assert.Equal("document-empty", (await RefusedAsync([])).Code);
    }

    [Fact]
    public void Detect_ContentNotName_DecidesTheKind()
    {
        Assert.Equal(FileSniffer.Docx, FileSniffer.Detect(Zip("[Content_Types].xml", "word/document.xml")));
        Assert.Equal(FileSniffer.Zip, FileSniffer.Detect(Zip("a.txt")));
        Assert.Equal(FileSniffer.Png, FileSniffer.Detect([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]));
        Assert.Equal(FileSniffer.Jpeg, FileSniffer.Detect([0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.Null(FileSniffer.Detect("PK\u0003\u0004broken"u8.ToArray()));
        Assert.Null(FileSniffer.Detect("<html>"u8.ToArray()));
    }

    [Fact]
    public void Wrap_AnyKey_OpensOnlyForItsDocument() => Prop.ForAll(
        Gen.Choose(0, 255).Select(x => (byte)x).ArrayOf(32).ToArbitrary(),
        key =>
        {
            var master = new MasterKey(Microsoft.Extensions.Options.Options.Create(new MasterKeyOptions { Value = new string('b', 64) }));
            var (mine, other) = (Guid.NewGuid().ToByteArray(), Guid.NewGuid().ToByteArray());
            var (keyId, wrapped) = master.Wrap(mine, key);
            return master.Unwrap(keyId, mine, wrapped).SequenceEqual(key) && Record.Exception(() => master.Unwrap(keyId, other, wrapped)) is CryptographicException;
        }).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("Requirement", "S004-6.4")]
    public async Task Package_SameDocuments_GivesTheSameBytesInOrder()
    {
        var dossier = await fixture.CreateDossierAsync();
        var missing = await Assert.ThrowsAsync<RuleBrokenException>(() => PackageAsync(dossier.Id));
        Assert.Contains("Convention", missing.Message, StringComparison.Ordinal);
        foreach (var type in (string[])["QUALIOPI", "LISTE_STAGIAIRES", "MANDAT", "CONVENTION", "PROGRAMME", "DEVIS", "PREUVE_SIGNATURE"])
        {
            await AddAsync(DomainFixture.Pdf(), dossier.Id, type);
        }

        await AddAsync(DomainFixture.Pdf(), dossier.Id, "SYNTHESE_BILAN", "lea.petit@atelier-demo.fr");
        var (content, zip) = await PackageAsync(dossier.Id);
        Assert.Equal(["01_Devis.pdf", "02_Programme.pdf", "03_Convention.pdf", "04_Mandat.pdf", "05_Liste_stagiaires.pdf", "06_Certificat_Qualiopi.pdf"], content.Items.Select(x => x.FileName));
        using var archive = new ZipArchive(new MemoryStream(zip));
        Assert.Equal(content.Items.Select(x => x.FileName), archive.Entries.Select(x => x.FullName));
        Assert.Equal(zip, (await PackageAsync(dossier.Id)).Zip);
    }

    private static byte[] Zip(params string[] names)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                archive.CreateEntry(name);
            }
        }

        return memory.ToArray();
    }

    private Task<Document> AddAsync(byte[] bytes, Guid? dossierId = null, string type = "DEVIS", string? person = null) => fixture.InScopeAsync<DocumentStore, Document>(
        x => x.AddAsync(new NewDocument(type, "../Devis : 1.pdf", dossierId) { PersonEmail = person }, new MemoryStream(bytes), DomainFixture.Change(), CancellationToken.None));

    private Task<RuleBrokenException> RefusedAsync(byte[] bytes) => Assert.ThrowsAsync<RuleBrokenException>(() => AddAsync(bytes));

    private Task<byte[]> ReadAsync(Guid id) => fixture.InScopeAsync<DocumentStore, byte[]>(x => x.ReadAsync(id, CancellationToken.None));

    private Task<bool> VerifyAsync(Guid id) => fixture.InScopeAsync<DocumentStore, bool>(x => x.VerifyAsync(id, CancellationToken.None));

    private Task<bool> DestroyAsync(Guid id) => fixture.InScopeAsync<DocumentStore, bool>(x => x.DestroyAsync(id, DomainFixture.Change(), CancellationToken.None));

    private Task<(PackageContent Content, byte[] Zip)> PackageAsync(Guid id) => fixture.InScopeAsync<DossierPackage, (PackageContent, byte[])>(x => x.BuildAsync(id, CancellationToken.None));

    private Task<int> ExecuteAsync(string sql, Guid id) => fixture.InDbAsync(db => db.Database.ExecuteSqlRawAsync(sql, id));
}
