using System.Net;
using System.Text;
using DnsGuard.Policy.Text;

namespace DnsGuard.Host;

/// <summary>The sections <c>dnstap</c> and <c>telemetry</c>: what is told to other programs.</summary>
internal static class TelemetryOptionsReader
{
    // sockaddr_un: 108 octets, the last of them zero.
    private const int MaxSocketPathOctets = 107;

    /// <summary>Reads <c>dnstap</c>.</summary>
    public static TapOptions ReadTap(MapReader reader)
    {
        var defaults = new TapOptions();
        var options = new TapOptions
        {
            Socket = reader.PathAt("socket"),
            File = reader.PathAt("file"),
            FileBytes = reader.Bytes("fileSize", defaults.FileBytes, 1L << 20, 100_000L << 30),
            QueueBytes = (int)reader.Bytes("queue", defaults.QueueBytes, 256L << 10, 1L << 30),
            Identity = reader.Text("identity") ?? defaults.Identity,
        };
        if (options.Socket is { } path && Encoding.UTF8.GetByteCount(path) > MaxSocketPathOctets)
            reader.Complain(reader.Find("socket")!, "bad-path", "'socket' is longer than a socket's path can be", $"Choose one of at most {MaxSocketPathOctets} octets");
        reader.RefuseTheRest();
        return options;
    }

    /// <summary>Reads <c>telemetry</c>.</summary>
    public static TelemetryOptions Read(MapReader reader)
    {
        var defaults = new TelemetryOptions();
        var options = new TelemetryOptions
        {
            Otlp = ReadCollector(reader),
            OtlpPeriod = reader.Duration("otlpPeriod", defaults.OtlpPeriod, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        };
        reader.RefuseTheRest();
        return options;
    }

    // By address only: a name would be asked of the machine's resolver, which may be us, and telling that we are in trouble would wait for us.
    private static Uri? ReadCollector(MapReader reader)
    {
        if (reader.Scalar("otlp") is not { } scalar)
            return null;
        if (Uri.TryCreate(scalar.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && IPAddress.TryParse(url.Host, out _))
            return url;
        reader.Complain(scalar, "bad-endpoint", $"'{scalar.Value}' is not the URL of an address", "Write http://10.0.0.5:4318; a name would have to be asked of ourselves");
        return null;
    }
}
