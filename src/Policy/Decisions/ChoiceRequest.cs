using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>An answer whose addresses may be too many for the places that enforce.</summary>
/// <param name="Group">Whose answer it is.</param>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="Ports">Which ports the addresses would open.</param>
/// <param name="Pin">How many addresses of each family the rule wants told; null: as the target says.</param>
/// <param name="Addresses">All of its addresses, hints included.</param>
public sealed record ChoiceRequest(GroupSnapshot Group, DomainName Name, RecordType Type, PortSet Ports, int? Pin, IReadOnlyList<InternetAddress> Addresses);
