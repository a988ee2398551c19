using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DnsGuard.Sync.Names;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Feeds;

/// <summary>Entries as the lines that devices read.</summary>
internal static class FeedText
{
    /// <summary>Addresses, each once and in order.</summary>
    public static IReadOnlyList<string> Addresses(FeedFormat format, string feed, string group, IEnumerable<TimedEntry> entries)
    {
        // Of several names the first in order: the same state must be the same text.
        var addresses = entries.GroupBy(entry => entry.Entry.Address).OrderBy(same => same.Key).Select(same => (Address: same.Key, Name: same.Select(entry => entry.Note).Min(StringComparer.Ordinal)));
        return format switch
        {
            FeedFormat.CheckPoint => [WriteCheckPoint(feed, group, addresses.Select(entry => entry.Address))],
            // After a blank, whatever follows is a comment: PAN-OS wants it on the entry's own line.
            FeedFormat.PaloAlto => [.. addresses.Select(entry => IsPlain(entry.Name) ? $"{entry.Address} # {entry.Name}" : entry.Address.ToString())],
            FeedFormat.Plain or FeedFormat.Fortigate or FeedFormat.UrlTable => [.. addresses.Select(entry => entry.Address.ToString())],
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>Names; null where the devices take none. A device that cannot deny gets subtrees without exceptions only.</summary>
    public static IReadOnlyList<string>? Names(FeedFormat format, NameFilter filter) => format switch
    {
        FeedFormat.CheckPoint => null,
        // The alias resolves its names, and a subtree cannot be resolved.
        FeedFormat.UrlTable => [.. filter.AllowedWithoutDenying(out _).Where(entry => entry.Reach is NameReach.Name).Select(entry => entry.Name)],
        FeedFormat.Plain or FeedFormat.PaloAlto or FeedFormat.Fortigate => [.. filter.AllowedWithoutDenying(out _).SelectMany(Spell)],
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static IEnumerable<string> Spell(NameEntry entry) => entry.Reach switch
    {
        NameReach.Name => [entry.Name],
        NameReach.Below => [$"*.{entry.Name}"],
        _ => [entry.Name, $"*.{entry.Name}"],
    };

    private static string WriteCheckPoint(string feed, string group, IEnumerable<InternetAddress> addresses)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteString("description", $"Addresses that DnsGuard has opened for {group}");
            json.WriteStartArray("objects");
            json.WriteStartObject();
            json.WriteString("name", $"dnsguard-{feed}-{group}");
            json.WriteString("id", IdOf($"{feed}/{group}"));
            json.WriteString("description", "Kept by DnsGuard");
            json.WriteStartArray("ranges");
            foreach (var address in addresses)
                json.WriteStringValue(address.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    // The gateway knows its object by it: the same after every restart, and on every node (RFC 9562 §5.8: a version for what is our own).
    private static string IdOf(string text)
    {
        var octets = SHA256.HashData(Encoding.ASCII.GetBytes(text))[..16];
        (octets[6], octets[8]) = ((byte)((octets[6] & 0x0F) | 0x80), (byte)((octets[8] & 0x3F) | 0x80));
        return new Guid(octets, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }

    private static bool IsPlain(string? name) => name is { Length: > 0 } && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or '*');
}
