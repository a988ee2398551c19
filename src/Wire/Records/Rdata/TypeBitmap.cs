namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The types that exist at a name, as NSEC and NSEC3 write them (RFC 4034 §4.1.2).</summary>
/// <param name="octets">Windows of bits.</param>
public readonly struct TypeBitmap(ReadOnlyMemory<byte> octets)
{
    /// <summary>Does the type exist?</summary>
    public bool Has(RecordType type)
    {
        var rest = octets.Span;
        while (rest.Length >= 2)
        {
            var (window, length) = (rest[0], rest[1]);
            if (window == (int)type >> 8)
            {
                var at = ((int)type & 0xFF) >> 3;
                return at < length && (rest[2 + at] & (0x80 >> ((int)type & 7))) != 0;
            }

            rest = rest[(2 + length)..];
        }

        return false;
    }

    /// <summary>Are the windows well formed: in order, not empty, not longer than what holds them?</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> octets)
    {
        var last = -1;
        while (octets.Length > 0)
        {
            if (octets.Length < 3 || octets[0] <= last || octets[1] is 0 or > 32 || octets.Length < 2 + octets[1])
                return false;
            last = octets[0];
            octets = octets[(2 + octets[1])..];
        }

        return true;
    }
}
