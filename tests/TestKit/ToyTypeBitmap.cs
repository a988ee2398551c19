using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>The Type Bit Maps field of NSEC and NSEC3 (RFC 4034 §4.1.2).</summary>
public static class ToyTypeBitmap
{
    /// <summary>Types to windows of up to 32 octets, windows without types left out.</summary>
    public static byte[] Write(IEnumerable<RecordType> types)
    {
        var wire = new List<byte>();
        foreach (var window in types.Distinct().GroupBy(type => (int)type >> 8).OrderBy(window => window.Key))
        {
            var bits = new byte[(window.Max(type => (int)type & 0xFF) >> 3) + 1];
            foreach (var type in window)
                bits[((int)type & 0xFF) >> 3] |= (byte)(0x80 >> ((int)type & 7));
            wire.AddRange([(byte)window.Key, (byte)bits.Length, .. bits]);
        }

        return [.. wire];
    }

    /// <summary>Windows to types.</summary>
    public static IReadOnlyList<RecordType> Read(ReadOnlySpan<byte> wire)
    {
        var types = new List<RecordType>();
        for (; wire.Length > 0; wire = wire[(2 + wire[1])..])
        {
            for (var bit = 0; bit < 8 * wire[1]; bit++)
            {
                if ((wire[2 + (bit >> 3)] & (0x80 >> (bit & 7))) != 0)
                    types.Add((RecordType)((wire[0] << 8) | bit));
            }
        }

        return types;
    }
}
