using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>A certificate that nobody vouches for, in PEM files of its own.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-tls-").FullName;

    public TestCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        Pin = Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    public string CertificateFile => Path.Combine(_folder, "tls.pem");

    public string KeyFile => Path.Combine(_folder, "tls.key");

    /// <summary>The SHA-256 of its public key in base 64.</summary>
    public string Pin { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
