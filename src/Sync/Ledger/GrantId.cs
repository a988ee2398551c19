using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>What identifies a grant in a URL: group, address and ports, readable and without a slash.</summary>
internal static class GrantId
{
    private const char Separator = '~';

    /// <summary><c>payments~192.0.2.1~tcp-443</c></summary>
    public static string Write(in AllowEntry entry) => $"{entry.Group}{Separator}{entry.Address}{Separator}{entry.Ports.ToString().Replace('/', '-')}";

    /// <summary>Reads an id.</summary>
    public static bool TryRead(string id, out AllowEntry entry)
    {
        entry = default;
        var parts = id.Split(Separator);
        if (parts.Length != 3 || !InternetAddress.TryParse(parts[1], out var address))
            return false;
        var dash = parts[2].IndexOf('-', StringComparison.Ordinal);
        var text = dash < 0 ? parts[2] : $"{parts[2][..dash]}/{parts[2][(dash + 1)..]}";
        if (!PortRange.TryParse(text, out var ports))
            return false;
        entry = new AllowEntry(parts[0], address, ports);
        return true;
    }
}
