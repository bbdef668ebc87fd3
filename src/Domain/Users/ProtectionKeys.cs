using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

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
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(ProtectionKeyXml.Wrap(master, plaintextElement.ToString(SaveOptions.DisableFormatting)), typeof(MasterKeyXmlDecryptor));
}

/// <summary>Named in each stored key; made by ASP.NET with the application's services.</summary>
public sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(ProtectionKeyXml.Unwrap(services.GetRequiredService<MasterKey>(), encryptedElement));
}

/// <summary>The element that carries a wrapped secret, with the id of the master key's version.</summary>
internal static class ProtectionKeyXml
{
    internal const string Element = "masterKey";

    private static readonly byte[] Context = "protection-key"u8.ToArray();

    internal static XElement Wrap(MasterKey master, string plain)
    {
        var (keyId, wrapped) = master.Wrap(Context, Encoding.UTF8.GetBytes(plain));
        return new XElement(Element, new XAttribute("id", keyId), Convert.ToBase64String(wrapped));
    }

    internal static string Unwrap(MasterKey master, XElement element) => Encoding.UTF8.GetString(master.Unwrap(element.Attribute("id")!.Value, Context, Convert.FromBase64String(element.Value)));

    /// <summary>The same key under the version that wraps now.</summary>
    internal static string Rewrap(MasterKey master, string xml)
    {
        var key = XElement.Parse(xml);
        foreach (var element in key.Descendants(Element).ToList())
        {
            element.ReplaceWith(Wrap(master, Unwrap(master, element)));
        }

        return key.ToString(SaveOptions.DisableFormatting);
    }
}
