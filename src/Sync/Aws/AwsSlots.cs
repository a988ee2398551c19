using System.Globalization;
using System.Net;
using DnsGuard.Ec2.Operations;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Aws;

/// <summary>Slots as EC2 writes them. What is compared are addresses, never their spelling.</summary>
internal static class AwsSlots
{
    /// <summary>The CIDR of one address.</summary>
    public static string Cidr(InternetAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address}/{(address.IsIPv4 ? 32 : 128)}");

    /// <summary>The address of a CIDR that holds just one; null for wider ones.</summary>
    public static InternetAddress? Address(string? cidr) =>
        IPNetwork.TryParse(cidr, out var network) && network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8 ? InternetAddress.From(network.BaseAddress) : null;

    /// <summary>The slot of a rule; null for rules to more than one address, unless that is a list of AWS.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="lists">The lists of AWS, names by ids.</param>
    public static Slot? Of(SecurityGroupRule rule, IReadOnlyDictionary<string, string> lists)
    {
        var list = rule.PrefixListId is { } id ? lists.GetValueOrDefault(id) : null;
        var address = Address(rule.Cidr);
        if (address is null && list is null)
            return null;
        var ports = rule.Protocol switch
        {
            "-1" => PortRange.Any,
            "tcp" or "6" => new PortRange(TransportProtocol.Tcp, (ushort)rule.FromPort, (ushort)rule.ToPort),
            "udp" or "17" => new PortRange(TransportProtocol.Udp, (ushort)rule.FromPort, (ushort)rule.ToPort),
            _ => default(PortRange?),
        };
        return ports is not { } range ? null : list is null ? new Slot(address!.Value, PortSet.From([range])) : Slot.Of(list, range);
    }

    /// <summary>Slots as rules, those with the same ports together.</summary>
    /// <param name="slots">Which, with notes.</param>
    /// <param name="lists">The lists of AWS, ids by names.</param>
    public static IReadOnlyList<EgressPermission> Permissions(IEnumerable<(Slot Slot, string Note)> slots, IReadOnlyDictionary<string, string> lists) =>
        [.. slots.GroupBy(slot => slot.Slot.Ports.Ranges[0]).Select(same => Permission(same.Key) with
        {
            Cidrs = [.. same.Where(slot => slot.Slot.List is null).Select(slot => (Cidr(slot.Slot.Address), (string?)slot.Note))],
            PrefixLists = [.. same.Where(slot => slot.Slot.List is not null).Select(slot => (lists[slot.Slot.List!], (string?)slot.Note))],
        })];

    private static EgressPermission Permission(PortRange ports) => ports.Protocol switch
    {
        TransportProtocol.Tcp => new EgressPermission("tcp", ports.First, ports.Last),
        TransportProtocol.Udp => new EgressPermission("udp", ports.First, ports.Last),
        TransportProtocol.Any => new EgressPermission("-1", null, null),
        _ => throw new ArgumentOutOfRangeException(nameof(ports)),
    };
}
