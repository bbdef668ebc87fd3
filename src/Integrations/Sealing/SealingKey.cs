using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MonOPCO.Integrations.Sealing;

/// <summary>
/// The server's private key and certificate. A self-signed one proves that a document has not changed since this server sealed it, to whoever trusts
/// this certificate; it is neither a qualified seal nor the signature of a person.
/// </summary>
public sealed class SealingKey : IDisposable
{
    private SealingKey(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>Owned by this key: do not dispose.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate, as the evidence file prints it.</summary>
    public string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Makes a new ECDSA P-256 key with a self-signed certificate; store <see cref="Export"/> safely, old documents are recognised by it.</summary>
    public static SealingKey Create(string organisation, DateTimeOffset now, int years = 10)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName("Cachet serveur MonOPCO");
        name.AddOrganizationName(organisation);
        name.AddCountryOrRegion("FR");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        // A clock that runs a little late elsewhere must not find the certificate "not yet valid".
        return new SealingKey(request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(years)));
    }

    /// <summary>Loads a PKCS#12 file's bytes.</summary>
    /// <exception cref="CryptographicException">Wrong password or unreadable file.</exception>
    public static SealingKey Load(byte[] pkcs12, string password)
    {
        var certificate = X509CertificateLoader.LoadPkcs12(pkcs12, password, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
        return certificate.HasPrivateKey
            ? new SealingKey(certificate)
            : throw new CryptographicException("Le fichier PKCS#12 ne contient pas de clé privée.");
    }

    /// <summary>PKCS#12 with key and certificate.</summary>
    public byte[] Export(string password) => Certificate.Export(X509ContentType.Pkcs12, password);

    public void Dispose() => Certificate.Dispose();
}
