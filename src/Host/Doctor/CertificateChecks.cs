using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>Can the configured certificates be used, and for how long yet?</summary>
internal static class CertificateChecks
{
    private const string Check = "certificates";
    private const int SoonDays = 14;

    /// <summary>Looks at each.</summary>
    public static IEnumerable<Finding> Run(HostOptions options)
    {
        if (options.Control.Certificate is { } control)
            yield return Judge("control.certificate", control, options.Control.CertificateKey);
        if (options.Resolver.TlsCertificate is { } resolver)
            yield return Judge("resolver.tlsCertificate", resolver, options.Resolver.TlsCertificateKey);
    }

    private static Finding Judge(string key, string file, string? keyFile)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
            var until = new DateTimeOffset(certificate.NotAfter);
            var left = until - TimeProvider.System.GetUtcNow();
            var day = until.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (left <= TimeSpan.Zero)
                return Finding.Fail(Check, $"{file} ({key}) ended on {day}", "Put a new certificate there, and start the node anew");
            return left < TimeSpan.FromDays(SoonDays)
                ? Finding.Warn(Check, $"{file} ({key}) ends on {day}", "Put a new certificate there in time, and start the node anew")
                : Finding.Ok(Check, $"{file} ({key}) is good until {day}");
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return Finding.Fail(Check, $"{file} ({key}) cannot be used: {failure.Message.TrimEnd('.')}", "Give PEM files of a certificate and its key that this user may read");
        }
    }
}
