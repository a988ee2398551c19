using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Log;

/// <summary>Queries as a busy server notes them: a thousand clients, seven in eight names allowed and answered from the cache, the others blocked.</summary>
/// <param name="names">How many different names; each query has a new one where this is 0.</param>
internal sealed class Traffic(int names)
{
    private const int Prepared = 1 << 16;
    private const int Clients = 1_000;
    private const int Groups = 5;

    private readonly byte[][] _names = [.. Enumerable.Range(0, names == 0 ? Prepared : names).Select(number => DomainName.Parse(NameOf(number)).Octets.ToArray())];
    private readonly byte[][] _notes = [.. Enumerable.Range(0, 1_024).Select(number => AnswerNote.Write([InternetAddress.FromIPv4(0xC000_0200 + (uint)number)], []))];
    private readonly byte[] _fresh = new byte[NameLimits.NameOctets];
    private ulong _chance = 1;
    private long _count;

    /// <summary>What the numbers in the records stand for.</summary>
    public static PolicyNames PolicyNames { get; } = (long _, int group, int rule, Span<byte> text, out int octets) =>
    {
        octets = rule < 0 ? 0 : Encoding.UTF8.GetBytes($"list/rule-{rule}", text);
        return group < 0 ? null : $"group-{group}";
    };

    /// <summary>The name with a number.</summary>
    public static string NameOf(int number) => $"host-{number}.zone-{number % 977}.example.com";

    /// <summary>The next query, at a moment.</summary>
    public QueryRecord Next(long unixMilliseconds, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> noted)
    {
        _chance = (_chance * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        var chance = (uint)(_chance >> 33);
        var number = (int)(chance % (uint)_names.Length);
        var isBlocked = number % 8 == 0;
        name = names == 0 ? Fresh(number) : _names[number];
        noted = isBlocked ? default : _notes[number % _notes.Length];
        var client = (int)(chance / 8_191 % Clients);
        return new QueryRecord
        {
            UnixMilliseconds = unixMilliseconds,
            Client = InternetAddress.FromIPv4(0x0A00_0000 + (uint)client),
            Revision = 7,
            Rule = isBlocked ? -1 : number % 20,
            Group = (short)(client % Groups),
            Type = (ushort)(number % 5 == 0 ? RecordType.AAAA : RecordType.A),
            Outcome = isBlocked ? Outcome.Blocked : Outcome.Allowed,
            Reason = isBlocked ? VerdictReason.NoRule : VerdictReason.AllowRule,
            Source = isBlocked ? AnswerSource.None : AnswerSource.Cache,
            ResponseCode = isBlocked ? (byte)3 : (byte)0,
            ExtendedError = isBlocked ? (short)15 : (short)-1,
        };
    }

    // One label of a prepared name is written over with a running number: a new name without making an object.
    private ReadOnlySpan<byte> Fresh(int number)
    {
        var like = _names[number];
        _fresh[0] = 8;
        var count = _count++;
        for (var i = 8; i > 0; i--, count >>= 4)
            _fresh[i] = (byte)"0123456789abcdef"[(int)(count & 0xF)];
        like.CopyTo(_fresh.AsSpan(9));
        return _fresh.AsSpan(0, 9 + like.Length);
    }
}
