using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Validation;

/// <summary>What is known of a zone: trusted and by which keys, rightly unsigned, or broken.</summary>
/// <param name="Zone">Its apex.</param>
/// <param name="Status">Secure, Insecure, Bogus; Indeterminate where it could not be found out.</param>
/// <param name="Keys">Its keys, where it is Secure.</param>
/// <param name="Error">Why it is not Secure.</param>
/// <param name="Until">Until when that holds, in Unix milliseconds.</param>
internal sealed record ZoneTrust(DomainName Zone, SecurityStatus Status, IReadOnlyList<DnskeyRdata> Keys, ExtendedErrorCode Error, long Until)
{
    /// <summary>Is it Secure?</summary>
    public bool IsSecure => Status is SecurityStatus.Secure;
}
