using System.Globalization;
using System.Diagnostics.CodeAnalysis;

namespace DnsGuard.Wire.Records;

/// <summary>A CIDR block: all addresses that share a prefix (RFC 4632).</summary>
/// <param name="First">The lowest address; its host bits are zero.</param>
/// <param name="PrefixBits">The length of the prefix in the family's own bits: 0 to 32, or 0 to 128.</param>
public readonly record struct AddressRange(InternetAddress First, int PrefixBits)
{
    /// <summary>Does the block hold IPv4 addresses?</summary>
    public bool IsIPv4 => First.IsIPv4;

    /// <summary>The highest address.</summary>
    public InternetAddress Last => new(First.Bits | HostMask(First.IsIPv4, PrefixBits));

    /// <summary>Is the address inside?</summary>
    public bool Contains(InternetAddress address) => address.IsIPv4 == IsIPv4 && address >= First && address <= Last;

    /// <summary>The block of one address.</summary>
    public static AddressRange Of(InternetAddress address) => new(address, address.IsIPv4 ? 32 : 128);

    /// <summary>Reads <c>10.0.0.0/8</c>; a bare address is a block of one.</summary>
    /// <param name="text">The block.</param>
    /// <param name="range">What was read.</param>
    /// <param name="problem">One sentence on what is wrong, where it is.</param>
    public static bool TryParse(string text, out AddressRange range, [NotNullWhen(false)] out string? problem)
    {
        range = default;
        problem = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!InternetAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            problem = $"'{text}' is not an address or a CIDR block";
            return false;
        }

        var familyBits = address.IsIPv4 ? 32 : 128;
        var bits = familyBits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > familyBits))
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"the prefix length of '{text}' is not a number from 0 to {familyBits}");
            return false;
        }

        range = new AddressRange(new InternetAddress(address.Bits & ~HostMask(address.IsIPv4, bits)), bits);
        if (range.First == address)
            return true;
        problem = $"'{text}' has host bits set; write '{range}'";
        return false;
    }

    /// <summary>As <see cref="TryParse"/>, for text of our own.</summary>
    /// <exception cref="FormatException">The text is not a block.</exception>
    public static AddressRange Parse(string text) => TryParse(text, out var range, out var problem) ? range : throw new FormatException(problem);

    /// <summary>The block in the usual notation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}/{PrefixBits}");

    private static UInt128 HostMask(bool isIPv4, int prefixBits)
    {
        var hostBits = (isIPv4 ? 32 : 128) - prefixBits;
        return hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
    }
}
