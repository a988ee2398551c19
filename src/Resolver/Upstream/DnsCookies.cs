using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;

namespace DnsGuard.Resolver.Upstream;

/// <summary>Our cookies towards other servers (RFC 7873 §4.1): one for each server, the same as long as we run.</summary>
internal sealed class DnsCookies
{
    /// <summary>The client's half.</summary>
    public const int ClientOctets = 8;

    /// <summary>Both halves at their longest (RFC 7873 §4).</summary>
    public const int MaxOctets = 40;

    private const int LeastServerOctets = 8;
    private const int MaxServers = 20_000;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    private readonly ConcurrentDictionary<IPAddress, byte[]> _known = [];

    /// <summary>Can a cookie option be so long? The client's half alone, or with 8 to 32 octets of the server's (RFC 7873 §4).</summary>
    public static bool IsPossible(int octets) => octets is ClientOctets or (>= ClientOctets + LeastServerOctets and <= MaxOctets);

    /// <summary>The client cookie for a server: nobody else can tell it from noise, and no two servers see the same.</summary>
    public byte[] For(IPEndPoint server)
    {
        if (_known.TryGetValue(server.Address, out var cookie))
            return cookie;
        // Forgetting them is cheap: they come out the same again.
        if (_known.Count >= MaxServers)
            _known.Clear();
        return _known[server.Address] = Make(server.Address);
    }

    private byte[] Make(IPAddress server)
    {
        Span<byte> address = stackalloc byte[16];
        server.TryWriteBytes(address, out var octets);
        return HMACSHA256.HashData(_secret, address[..octets])[..ClientOctets];
    }
}
