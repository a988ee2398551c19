using System.Net;
using System.Text;

namespace DnsGuard.Sync.Tests.Firewall;

/// <summary>How a connection ends.</summary>
internal enum Fate
{
    /// <summary>Its first packet is dropped: nothing was said.</summary>
    DroppedAtOnce,

    /// <summary>It is dropped once its protocol or name is known.</summary>
    Dropped,

    /// <summary>It passes.</summary>
    Passed,

    /// <summary>No rule decided.</summary>
    Undecided,
}

/// <summary>A connection.</summary>
/// <param name="Client">From.</param>
/// <param name="Address">To.</param>
/// <param name="Port">To which port.</param>
/// <param name="Protocol">tls, http, or what the device finds to be neither ("other"); udp, icmp, gre.</param>
/// <param name="Name">The server name or host, null for none.</param>
internal sealed record Connection(string Client, string Address, int Port, string Protocol, string? Name)
{
    public bool IsTcp => Protocol is "tls" or "http" or "other";
}

/// <summary>Suricata with rules in strict order, as far as our keywords go: each packet is tried against the rules in order, and the first that matches decides.</summary>
/// <remarks>A rule without what only a connection has (a protocol or name) decides for its packet; every other for the whole connection.</remarks>
internal sealed class SuricataModel(IReadOnlyList<SuricataRule> rules, IReadOnlyDictionary<string, IReadOnlySet<string>> references)
{
    private enum Step
    {
        Syn,
        Acknowledgement,
        FirstPart,
        Whole,
    }

    public Fate Judge(Connection connection)
    {
        foreach (var step in connection.IsTcp ? Enum.GetValues<Step>() : [Step.Whole])
        {
            if (rules.FirstOrDefault(rule => Matches(rule, connection, step)) is not { } decides)
                continue;
            if (decides.Action == "drop")
                return step is Step.Syn || !connection.IsTcp ? Fate.DroppedAtOnce : Fate.Dropped;
            if (!decides.Has("flow", "not_established,to_server"))
                return Fate.Passed;
        }

        return Fate.Undecided;
    }

    private bool Matches(SuricataRule rule, Connection connection, Step step) =>
        rule.Sources.Any(source => IPNetwork.Parse(source).Contains(IPAddress.Parse(connection.Client)))
        && (rule.Destination == "any" || references[rule.Destination[1..]].Contains(connection.Address))
        && (rule.Ports.Length == 0 || rule.Ports.Contains(connection.Port))
        && HasProtocol(rule, connection, step)
        && rule.Options.TrueForAll(option => Holds(rule, option.Keyword, option.Value, connection, step));

    private static bool HasProtocol(SuricataRule rule, Connection connection, Step step) => rule.Protocol switch
    {
        "ip" => true,
        "tcp" => connection.IsTcp,
        "tls" or "http" => connection.Protocol == rule.Protocol && step >= Step.FirstPart,
        var other => connection.Protocol == other,
    };

    private static bool Holds(SuricataRule rule, string keyword, string? value, Connection connection, Step step) => keyword switch
    {
        "flow" => value switch { "not_established,to_server" => step is Step.Syn, "to_server,established" => step > Step.Syn, _ => true },
        // It is seen with the first octets of a ClientHello already.
        "ssl_state" => connection.Protocol == "tls" && step >= Step.FirstPart,
        "app-layer-protocol" => step >= Step.FirstPart && connection.Protocol != value![1..],
        "ip_proto" => value switch { "!TCP" => !connection.IsTcp, var not => !connection.Protocol.Equals(not![1..], StringComparison.OrdinalIgnoreCase) },
        "content" => step is Step.Whole && HasContent(rule, connection),
        _ => true,
    };

    private static bool HasContent(SuricataRule rule, Connection connection)
    {
        var buffer = rule.Has("tls.sni") ? connection.Name
            : rule.Has("http.host") ? connection.Name?.ToLowerInvariant()
            : rule.Has("ja4.hash") ? "t13d1516h2_8daaf6152771_e5627efa2ab1"
            : rule.Has("http.header_names") ? "\r\nHost\r\n\r\n"
            : null;
        if (buffer is null)
            return false;
        var (text, content) = ((rule.Has("dotprefix") ? "." : "") + buffer, Encoding.Latin1.GetString(rule.Octets!));
        var comparison = rule.Has("nocase") ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return (rule.Has("startswith"), rule.Has("endswith")) switch
        {
            (true, true) => text.Equals(content, comparison),
            (true, false) => text.StartsWith(content, comparison),
            (false, true) => text.EndsWith(content, comparison),
            _ => text.Contains(content, comparison),
        };
    }
}
