using System.Globalization;

namespace DnsGuard.Policy.Documents;

/// <summary>Transport protocols that a rule can open, by their IP protocol number.</summary>
public enum TransportProtocol
{
    /// <summary>Every protocol, ICMP included.</summary>
    Any = 0,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,
}

/// <summary>Ports of one protocol, both ends included.</summary>
public readonly record struct PortRange(TransportProtocol Protocol, ushort First, ushort Last)
{
    /// <summary>Every protocol and port.</summary>
    public static PortRange Any { get; } = new(TransportProtocol.Any, 0, ushort.MaxValue);

    /// <summary>Is this one port of one protocol?</summary>
    public bool IsSingle => Protocol is not TransportProtocol.Any && First == Last;

    /// <summary>Reads <c>tcp/443</c>, <c>udp/8000-8080</c> or <c>any</c>.</summary>
    public static bool TryParse(string text, out PortRange range)
    {
        range = Any;
        if (text == "any")
            return true;
        var protocol = text.StartsWith("tcp/", StringComparison.Ordinal) ? TransportProtocol.Tcp
            : text.StartsWith("udp/", StringComparison.Ordinal) ? TransportProtocol.Udp
            : TransportProtocol.Any;
        if (protocol is TransportProtocol.Any)
            return false;
        var ports = text[4..].Split('-');
        if (ports.Length > 2 || !TryPort(ports[0], out var first) || !TryPort(ports[^1], out var last) || first > last)
            return false;
        range = new PortRange(protocol, first, last);
        return true;
    }

    /// <summary>Are all ports of another range among these?</summary>
    public bool Covers(PortRange other) => this == Any || (Protocol == other.Protocol && First <= other.First && other.Last <= Last);

    /// <summary>The written form.</summary>
    public override string ToString() => Protocol switch
    {
        TransportProtocol.Any => "any",
        _ when First == Last => string.Create(CultureInfo.InvariantCulture, $"{(Protocol is TransportProtocol.Tcp ? "tcp" : "udp")}/{First}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(Protocol is TransportProtocol.Tcp ? "tcp" : "udp")}/{First}-{Last}"),
    };

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
