using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace MonOPCO.Integrations.Sealing;

/// <summary>The CMS inside a seal: detached, SHA-256, with signing-certificate-v2 (ETSI EN 319 142-1, baseline B without a qualified certificate).</summary>
internal static class Cades
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string Data = "1.2.840.113549.1.7.1";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    public static byte[] Sign(byte[] content, X509Certificate2 certificate)
    {
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate)
        {
            DigestAlgorithm = new Oid(Sha256),
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        // No signing-time attribute: PAdES says the time once, in /M.
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateV2), CertificateIdentifier(certificate)));
        var cms = new SignedCms(new ContentInfo(content), detached: true);
        cms.ComputeSignature(signer, silent: true);
        return cms.Encode();
    }

    /// <summary>The signer's certificate when everything holds; otherwise a French reason.</summary>
    public static (X509Certificate2? Signer, string? Problem) Verify(byte[] content, byte[] encoded)
    {
        var cms = new SignedCms(new ContentInfo(content), detached: true);
        try
        {
            cms.Decode(encoded);
            if (cms.SignerInfos.Count != 1 || cms.SignerInfos[0].Certificate is not { } certificate)
            {
                return (null, "Le cachet ne porte pas exactement un signataire.");
            }

            cms.CheckSignature(verifySignatureOnly: true);
            // What the digest does not cover (versions, algorithm lists) must be as a writer of CMS encodes it.
            if (!cms.Encode().AsSpan().SequenceEqual(encoded) || !HasPlainHeader(encoded) || cms.Version != 1 || cms.SignerInfos[0].Version != 1 || cms.SignerInfos[0].DigestAlgorithm.Value != Sha256)
            {
                return (null, "L'enveloppe du cachet n'est pas celle qui a été écrite.");
            }

            return NamesItsCertificate(cms.SignerInfos[0], certificate)
                ? (certificate, null)
                : (null, "Le certificat joint n'est pas celui que le cachet désigne.");
        }
        catch (Exception problem) when (problem is CryptographicException or AsnContentException)
        {
            return (null, "Le document a changé depuis ce cachet, ou le cachet est abîmé.");
        }
    }

    /// <summary>SignedData's list of digest algorithms and its content type: nothing signs them, so they must be exactly the ones we use.</summary>
    private static bool HasPlainHeader(byte[] encoded)
    {
        var signedData = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        signedData.ReadObjectIdentifier();
        var content = signedData.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        content.ReadInteger();
        var algorithms = content.ReadSetOf();
        var algorithm = algorithms.ReadSequence();
        var isSha256 = algorithm.ReadObjectIdentifier() == Sha256;
        if (algorithm.HasData)
        {
            algorithm.ReadNull();
        }

        return isSha256 && !algorithm.HasData && !algorithms.HasData && content.ReadSequence().ReadObjectIdentifier() == Data;
    }

    private static bool NamesItsCertificate(SignerInfo signer, X509Certificate2 certificate)
    {
        var attribute = signer.SignedAttributes.Cast<CryptographicAttributeObject>().SingleOrDefault(a => a.Oid.Value == SigningCertificateV2);
        return attribute is { Values.Count: 1 } && attribute.Values[0].RawData.AsSpan().SequenceEqual(CertificateIdentifier(certificate));
    }

    /// <summary>SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 }; SHA-256 is the default algorithm and therefore absent.</summary>
    private static byte[] CertificateIdentifier(X509Certificate2 certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        }

        return writer.Encode();
    }
}
