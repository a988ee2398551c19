using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace DnsGuard.Lab.Internet;

/// <summary>A key of the pool: its DNSKEY data and the file with its private part.</summary>
internal sealed record ZoneKey(int Algorithm, int Tag, string Rdata, string PrivateText)
{
    /// <summary>The digest of a DS record (RFC 4034 §5.1.4): the owner belongs to it, so that each zone has its own.</summary>
    public byte[] Digest(string zone, Func<byte[], byte[]> hash)
    {
        var parts = Rdata.Split(' ', 4);
        var octets = new List<byte>();
        foreach (var label in zone.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            octets.Add((byte)label.Length);
            octets.AddRange(Encoding.ASCII.GetBytes(label));
        }

        octets.Add(0);
        var flags = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(flags, ushort.Parse(parts[0]));
        octets.AddRange([.. flags, byte.Parse(parts[1]), byte.Parse(parts[2]), .. Convert.FromBase64String(parts[3].Replace(" ", "", StringComparison.Ordinal))]);
        return hash([.. octets]);
    }

    /// <summary>Writes the pair as the zone's own, under the name that the signing tools look for.</summary>
    public string Write(string directory, string zone, bool withPrivate)
    {
        var file = $"K{zone}+{Algorithm:000}+{Tag:00000}";
        File.WriteAllText(Path.Combine(directory, file + ".key"), $"{zone} {ZonePlan.Ttl} IN DNSKEY {Rdata}\n");
        if (withPrivate)
            File.WriteAllText(Path.Combine(directory, file + ".private"), PrivateText);
        return file;
    }
}

/// <summary>Two key-signing and two zone-signing keys of each algorithm, which the zones share: making keys is what takes long.</summary>
internal sealed class KeyPool
{
    /// <summary>The algorithms in use; 8 and 10 with 2048 bits.</summary>
    public static readonly int[] Algorithms = [8, 10, 13, 14, 15, 16];

    private const int Each = 2;

    private readonly FrozenDictionary<(int, bool, int), ZoneKey> _keys;

    public KeyPool(string directory)
    {
        Directory.CreateDirectory(directory);
        var wanted = Algorithms.SelectMany(_ => new[] { true, false }, (algorithm, isKsk) => (algorithm, isKsk)).SelectMany(_ => Enumerable.Range(0, Each), (kind, index) => (kind.algorithm, kind.isKsk, index));
        var made = new System.Collections.Concurrent.ConcurrentDictionary<(int, bool, int), ZoneKey>();
        Parallel.ForEach(wanted, new ParallelOptions { MaxDegreeOfParallelism = 2 }, kind => made[kind] = Make(directory, kind.algorithm, kind.isKsk));
        _keys = made.ToFrozenDictionary();
    }

    public ZoneKey Ksk(int algorithm, int index) => _keys[(algorithm, true, index % Each)];

    public ZoneKey Zsk(int algorithm, int index) => _keys[(algorithm, false, index % Each)];

    /// <summary>The DS data for a key: algorithm and digest type may be told otherwise than they are.</summary>
    public static string Ds(ZoneKey key, string zone, int digestType = 2, int? algorithm = null, bool isWrong = false)
    {
        var digest = key.Digest(zone, digestType switch { 1 => SHA1.HashData, 4 => SHA384.HashData, _ => SHA256.HashData });
        if (isWrong)
            digest[0] ^= 0xFF;
        return $"{key.Tag} {algorithm ?? key.Algorithm} {digestType} {Convert.ToHexString(digest)}";
    }

    private static ZoneKey Make(string directory, int algorithm, bool isKsk)
    {
        List<string> command = ["dnssec-keygen", "-q", "-K", directory, "-a", algorithm.ToString(), "-n", "ZONE"];
        if (algorithm is 8 or 10)
            command.AddRange(["-b", "2048"]);
        if (isKsk)
            command.AddRange(["-f", "KSK"]);
        var file = Shell.Must([.. command, "pool."]).Trim();
        var line = File.ReadLines(Path.Combine(directory, file + ".key")).Single(line => !line.StartsWith(';'));
        var rdata = line[(line.IndexOf("DNSKEY ", StringComparison.Ordinal) + "DNSKEY ".Length)..];
        return new ZoneKey(algorithm, int.Parse(file[(file.LastIndexOf('+') + 1)..]), rdata, File.ReadAllText(Path.Combine(directory, file + ".private")));
    }
}
