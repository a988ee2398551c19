namespace DnsGuard.Wire.Records.Rdata;

/// <summary>One SvcParam: a key and its value in wire form (RFC 9460 §2.2).</summary>
public readonly record struct SvcbParameter(SvcbKey Key, byte[] Value);
