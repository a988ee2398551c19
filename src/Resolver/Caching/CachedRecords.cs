using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>What the record cache knows of a name and type: records, or the proof that there are none.</summary>
/// <param name="Rank">How far it is trusted.</param>
/// <param name="Records">The records, with the TTL that is left; null for a negative entry.</param>
/// <param name="Negative">NOERROR or NXDOMAIN for a negative entry, SERVFAIL for a remembered failure.</param>
/// <param name="Soa">The SOA that came with a negative answer.</param>
/// <param name="TtlSeconds">What is left.</param>
internal sealed record CachedRecords(RecordRank Rank, RRset? Records, ResponseCode Negative, RRset? Soa, uint TtlSeconds);
