namespace DnsGuard.Wire.Tests;

internal static class Octets
{
    /// <summary>Octets from hex digits; blanks between them are for the eye.</summary>
    public static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>An option of an OPT record.</summary>
    public static byte[] Option(int code, params byte[] value) =>
        [(byte)(code >> 8), (byte)code, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>A name of a given length in wire form, made of labels as long as they can be.</summary>
    public static byte[] NameOfOctets(int octets)
    {
        var wire = new List<byte>();
        while (octets - wire.Count > 1)
        {
            var label = Math.Min(63, octets - wire.Count - 2);
            // One octet cannot hold a label: leave room for two.
            if (octets - wire.Count - 2 - label == 1)
                label--;
            wire.Add((byte)label);
            wire.AddRange(Enumerable.Repeat((byte)'a', label));
        }

        wire.Add(0);
        return [.. wire];
    }
}
