using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Users;

/// <summary>Keeps ASP.NET's keys in PostgreSQL: any Host accepts the cookie of any other, and none is lost with a machine.</summary>
public sealed class ProtectionKeys(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().ProtectionKeys.AsNoTracking().Select(x => x.Xml).AsEnumerable().Select(x => XElement.Parse(x))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        db.ProtectionKeys.Add(new ProtectionKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting), CreatedAt = clock.GetUtcNow().ToUniversalTime() });
        db.SaveChanges();
    }
}

/// <summary>The secret part of a key, readable only with the master key, which is never in the database.</summary>
public sealed class MasterKeyXmlEncryptor(MasterKey master) : IXmlEncryptor
{
    internal const string Purpose = "protection-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement("masterKey", new XAttribute("id", master.Id), Convert.ToBase64String(master.Protect(Purpose, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))), typeof(MasterKeyXmlDecryptor));
}

/// <summary>Named in each stored key; made by ASP.NET with the application's services.</summary>
public sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<MasterKey>().Unprotect(MasterKeyXmlEncryptor.Purpose, Convert.FromBase64String(encryptedElement.Value))));
}
