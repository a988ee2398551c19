using System.Globalization;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Firewall;

/// <summary>Ranges of clients as the blocks that rules can name.</summary>
internal static class ClientBlocks
{
    /// <summary>The blocks of a group, as <see cref="ClientTree"/> tells clients apart: what a more specific block of another group takes out is not in them.</summary>
    public static IReadOnlyList<string> Of(ClientTree clients, int group) => [.. clients.Ranges.Where(range => range.Group == group).SelectMany(Split)];

    // The widest block that begins here and does not reach beyond the end, then the next.
    private static IEnumerable<string> Split(ClientRange range)
    {
        var width = range.First.IsIPv4 ? 32 : 128;
        for (var at = range.First.Bits; ;)
        {
            var free = 0;
            while (free < width && (at & (UInt128.One << free)) == 0 && at + Mask(free + 1) <= range.Last.Bits && at + Mask(free + 1) > at)
                free++;
            yield return string.Create(CultureInfo.InvariantCulture, $"{new InternetAddress(at)}/{width - free}");
            if (at + Mask(free) >= range.Last.Bits)
                yield break;
            at += Mask(free) + 1;
        }
    }

    private static UInt128 Mask(int bits) => bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
