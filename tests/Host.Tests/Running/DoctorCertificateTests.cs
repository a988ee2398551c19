using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.TestKit;

namespace DnsGuard.Host.Tests.Running;

/// <summary>What <c>dnsguard doctor</c> says of certificates and of where they are shown, with certificates made for it.</summary>
public sealed class DoctorCertificateTests : IDisposable
{
    private readonly GuardProcess _guard = new();
    private readonly int _tlsPort = Ports.Free();

    public void Dispose() => _guard.Dispose();

    [Theory]
    [InlineData(-10, 300, "ok", "is good until")]
    [InlineData(-10, 20, "ok", "is good until")]
    [InlineData(-10, 7, "warn", "ends on")]
    [InlineData(-10, -1, "fail", "ended on")]
    [InlineData(2, 300, "fail", "is not good before")]
    public void A_certificate_is_judged_by_its_days(int from, int until, string result, string said)
    {
        var (file, key) = Make("own", from, until);

        var findings = Doctor.Examine(_guard, Config(file, key)).Findings;

        string[] keys = ["control.certificate", "resolver.tlsCertificate"];
        Assert.Equal(keys.Select(name => $"{result} {file} ({name}) {said}"), findings.Of("certificates").Select(finding => finding[..Math.Min(finding.Length, finding.LastIndexOf(said, StringComparison.Ordinal) + said.Length)]));
        Assert.Contains(DateTime.UtcNow.AddDays(said.Contains("before", StringComparison.Ordinal) ? from : until).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), findings.Of("certificates").First(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_of_another_certificate_fails_here_as_at_the_start(bool isControlSecure)
    {
        var (file, _) = Make("own", -10, 300);
        var (_, key) = Make("other", -10, 300);
        var config = Config(file, key, isControlSecure);

        Assert.All(Doctor.Examine(_guard, config).Findings.Of("certificates"), finding => Assert.EndsWith("cannot be used: its key is another certificate's", finding, StringComparison.Ordinal));
        Assert.Equal(2, _guard.Start(config).Ended());
        Assert.Contains("its key is another certificate's", _guard.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public void A_file_that_is_no_certificate_fails(string text)
    {
        var (_, key) = Make("own", -10, 300);

        Cannot(Config(_guard.Write("broken.pem", text), key), $"{_guard.Folder}/broken.pem");
    }

    [Fact]
    public void A_key_that_is_not_there_fails()
    {
        var (file, key) = Make("own", -10, 300);
        File.Delete(key);

        Cannot(Config(file, key), file);
    }

    [Fact]
    public async Task A_listener_for_TLS_is_free_the_running_nodes_or_somebody_elses()
    {
        var (file, key) = Make("own", -10, 300);
        var where = $"127.0.0.1:{_tlsPort}";
        Assert.Contains($"ok {where} (resolver.tlsListen) is free", Doctor.Examine(_guard, Config(file, key)).Findings.Of("ports"));

        using (var other = new TcpListener(IPAddress.Loopback, _tlsPort))
        {
            other.Start();
            var (code, findings) = Doctor.Examine(_guard, Config(file, key));
            Assert.Equal(1, code);
            Assert.Contains($"fail {where}/TCP (resolver.tlsListen) is another program's", findings.Of("ports"));
        }

        // The API in the clear: whether it is ready is asked without its certificate.
        await _guard.Start(Config(file, key, isControlSecure: false)).ReadyAsync();
        Assert.Contains($"ok {where} (resolver.tlsListen) is the running node's", Doctor.Examine(_guard, Config(file, key, isControlSecure: false)).Findings.Of("ports"));
        // Nor does it share the port with who would.
        using var sharing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sharing.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => sharing.Bind(new IPEndPoint(IPAddress.Loopback, _tlsPort))).SocketErrorCode);
    }

    private void Cannot(string config, string file)
    {
        var (code, findings) = Doctor.Examine(_guard, config);

        Assert.Equal(1, code);
        Assert.Equal(2, findings.Of("certificates").Count());
        Assert.All(findings.Of("certificates"), finding => Assert.Matches($@"^fail {file} \((control\.certificate|resolver\.tlsCertificate)\) cannot be used: .+", finding));
    }

    private string Config(string file, string key, bool isControlSecure = true)
    {
        var config = _guard.Config(resolver: $"  tlsListen: 127.0.0.1:{_tlsPort}\n  tlsCertificate: {file}\n  tlsCertificateKey: {key}").Replace("forward: [{zone: ., servers: [\"127.0.0.1:9\"]}]", "forward: []", StringComparison.Ordinal);
        return isControlSecure ? config.Replace($"listen: \"127.0.0.1:{_guard.ControlPort}\"", $"listen: \"127.0.0.1:{_guard.ControlPort}\", certificate: {file}, certificateKey: {key}", StringComparison.Ordinal) : config;
    }

    private (string File, string Key) Make(string name, int from, int until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(from), now.AddDays(until));
        return (_guard.Write($"{name}.pem", certificate.ExportCertificatePem()), _guard.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }
}
