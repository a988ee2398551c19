using DnsGuard.Store.Files;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Grants;

/// <summary>Which addresses a segment may tell of (a Bloom filter): most segments need not be read to explain one. The same in every process.</summary>
internal static class AddressFilter
{
    private const int Probes = 4;

    /// <summary>Adds an address to a filter, whose length is a power of two.</summary>
    public static void Add(Span<byte> filter, InternetAddress address)
    {
        var hash = Hash(address);
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = Bit(hash, probe, filter.Length);
            filter[(int)(bit >> 3)] |= (byte)(1 << (int)(bit & 7));
        }
    }

    /// <summary>Looks into a filter where it lies in a file; false only where the address was never added.</summary>
    public static bool MayHold(AppendFile file, long at, int octets, InternetAddress address)
    {
        var hash = Hash(address);
        Span<byte> octet = stackalloc byte[1];
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = Bit(hash, probe, octets);
            // What cannot be read excludes nothing.
            if (file.TryRead(at + (long)(bit >> 3), octet) && (octet[0] & (1 << (int)(bit & 7))) == 0)
                return false;
        }

        return true;
    }

    private static ulong Bit(ulong hash, int probe, int octets) => ((hash >> 32) + ((ulong)probe * ((hash & uint.MaxValue) | 1))) & (((ulong)octets * 8) - 1);

    // Two rounds of MurmurHash3's finisher. Whoever makes addresses collide only makes us read more.
    private static ulong Hash(InternetAddress address) => Mix(Mix((ulong)(address.Bits >> 64)) ^ (ulong)address.Bits);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        value = (value ^ (value >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        return value ^ (value >> 33);
    }
}
