using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>The node of this configuration, if it runs: what it says of itself.</summary>
internal sealed class RunningNode
{
    private const string Check = "node";

    private readonly string? _state;

    private RunningNode(bool isRunning, string? state) => (IsRunning, _state) = (isRunning, state);

    /// <summary>Does it run?</summary>
    public bool IsRunning { get; }

    /// <summary>Asks at the control API's address; without an answer, whether the store is claimed tells.</summary>
    public static async Task<RunningNode> FindAsync(HostOptions options, CancellationToken cancel)
    {
        var listen = options.Control.Listen;
        var address = listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listen.Address;
        var isSecure = options.Control.Certificate is not null;
        using var handler = new SocketsHttpHandler { UseProxy = false };
        // It is this machine, found by its address, which no certificate is for: whoever has the configured one is the node.
        if (isSecure)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && IsConfigured(options.Control.Certificate!, shown);
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"{(isSecure ? "https" : "http")}://{new IPEndPoint(address, listen.Port)}/readyz?verbose"), cancel).ConfigureAwait(false);
            var text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            if (text.StartsWith("ready", StringComparison.Ordinal) || text.StartsWith("not ready", StringComparison.Ordinal))
                return new RunningNode(true, text);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // Nobody there, or somebody who takes his time: the store's lock knows.
        }

        return new RunningNode(StoreChecks.IsClaimed(options.Store.Directory), null);
    }

    /// <summary>How it and its targets are.</summary>
    public IEnumerable<Finding> Findings()
    {
        if (!IsRunning)
            return [Finding.Ok(Check, "it does not run now, so ports and rights are checked as it would need them")];
        if (_state is null)
            return [Finding.Warn(Check, "it runs, but its API does not answer", "See its log; 'control.listen' may have changed since it was started")];
        var lines = _state.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var itself = lines[0].StartsWith("ready", StringComparison.Ordinal)
            ? Finding.Ok(Check, "it runs, and takes queries")
            : Finding.Warn(Check, "it runs, but takes no queries", "It starts or stops; look again, and see its log if it stays so");
        return lines.Skip(1).Where(line => line.StartsWith("target ", StringComparison.Ordinal)).Select(Target).Prepend(itself);
    }

    private static bool IsConfigured(string file, X509Certificate shown)
    {
        try
        {
            using var configured = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            return configured.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData());
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or UnauthorizedAccessException)
        {
            // What is wrong with it, the checks of certificates tell.
            return false;
        }
    }

    // "target gateway (nftables): ready", or "…: unavailable: why".
    private static Finding Target(string line)
    {
        var parts = line["target ".Length..].Split(": ", 3);
        var state = parts.Length > 1 ? parts[1] : "";
        var check = $"target {parts[0].Split(' ')[0]}";
        return state == "ready"
            ? Finding.Ok(check, $"{parts[0]} is ready")
            : Finding.Fail(check, $"{parts[0]} is {state}{(parts.Length > 2 ? $": {parts[2].TrimEnd('.')}" : "")}", "See 'dnsguard targets' and the node's log; docs/targets.md says what each kind needs");
    }
}
