using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>What a server is asked.</summary>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="RecursionDesired">Is it a forwarder, who shall do the work?</param>
/// <param name="CheckingDisabled">Shall it leave validation to us?</param>
internal readonly record struct UpstreamQuestion(DomainName Name, RecordType Type, bool RecursionDesired, bool CheckingDisabled);
