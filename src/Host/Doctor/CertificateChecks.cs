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
            var now = TimeProvider.System.GetUtcNow();
            var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
            if (from > now)
                return Finding.Fail(Check, $"{file} ({key}) is not good before {Write(from)}", "Set the clock, or put a certificate there that is good already");
            if (until <= now)
                return Finding.Fail(Check, $"{file} ({key}) ended on {Write(until)}", "Put a new certificate there, and start the node anew");
            return until - now < TimeSpan.FromDays(SoonDays)
                ? Finding.Warn(Check, $"{file} ({key}) ends on {Write(until)}", "Put a new certificate there in time, and start the node anew")
                : Finding.Ok(Check, $"{file} ({key}) is good until {Write(until)}");
        }
        catch (ArgumentException)
        {
            return Finding.Fail(Check, $"{file} ({key}) cannot be used: its key is another certificate's", "Give the key that the certificate was made with");
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return Finding.Fail(Check, $"{file} ({key}) cannot be used: {failure.Message.TrimEnd('.')}", "Give PEM files of a certificate and its key that this user may read");
        }
    }

    private static string Write(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
