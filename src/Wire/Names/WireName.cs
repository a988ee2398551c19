namespace DnsGuard.Wire.Names;

/// <summary>Uncompressed names inside other octets.</summary>
public static class WireName
{
    /// <summary>The length of the uncompressed name that the octets start with, or -1 where there is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> octets)
    {
        for (var at = 0; at < octets.Length && at < NameLimits.NameOctets;)
        {
            var length = octets[at];
            if (length == 0)
                return at + 1;
            if (length > NameLimits.LabelOctets)
                return -1;
            at += length + 1;
        }

        return -1;
    }
}
