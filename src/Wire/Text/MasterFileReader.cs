using System.Globalization;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Text;

/// <summary>Reads records in master-file text (RFC 1035 §5, RFC 2308 §4, RFC 3597 §5): root hints, and zones in tests.</summary>
/// <remarks><c>$ORIGIN</c> and <c>$TTL</c> are understood; <c>$INCLUDE</c> is refused, since hints name no other files.</remarks>
public static class MasterFileReader
{
    /// <summary>The TTL of a record that states none, in seconds, when no <c>$TTL</c> came before.</summary>
    public const uint DefaultTtl = 3_600;

    /// <summary>Reads all records of a text.</summary>
    /// <param name="text">The master file.</param>
    /// <param name="origin">The origin of relative names until a <c>$ORIGIN</c> changes it.</param>
    /// <exception cref="MasterFileException">The text is wrong; the message says where.</exception>
    public static IReadOnlyList<RRset> Read(string text, DomainName origin)
    {
        var state = new State(origin);
        foreach (var entry in MasterFileLexer.Entries(text))
            state.Take(entry);
        return state.RRsets();
    }

    private sealed class State(DomainName origin)
    {
        private readonly Dictionary<(DomainName Owner, RecordType Type), (uint Ttl, List<byte[]> Rdatas)> _sets = [];
        private DomainName _origin = origin;
        private DomainName? _owner;
        private uint _ttl = DefaultTtl;

        public IReadOnlyList<RRset> RRsets() => [.. _sets.Select(set => new RRset(set.Key.Owner, set.Key.Type, set.Value.Ttl, set.Value.Rdatas))];

        public void Take(MasterFileEntry entry)
        {
            var tokens = entry.Tokens;
            switch (tokens[0].Text)
            {
                case "$ORIGIN":
                    _origin = Name(entry, 1);
                    return;
                case "$TTL":
                    _ttl = TryReadTtl(Token(entry, 1), out var ttl) ? ttl : throw Wrong(entry, "$TTL wants seconds");
                    return;
                case ['$', ..]:
                    throw Wrong(entry, $"directive {tokens[0].Text} is not supported");
                default:
                    TakeRecord(entry);
                    return;
            }
        }

        private void TakeRecord(MasterFileEntry entry)
        {
            var at = 0;
            if (!entry.StartsWithBlank)
                _owner = Name(entry, at++);
            var owner = _owner ?? throw Wrong(entry, "the first record needs an owner name");
            // RFC 1035 §5.1: TTL and class stand in either order, and either may be missing.
            uint? ttl = null;
            for (var hasClass = false; ; at++)
            {
                if (ttl is null && TryReadTtl(Token(entry, at), out var stated))
                    ttl = stated;
                else if (!hasClass && Token(entry, at).Equals("IN", StringComparison.OrdinalIgnoreCase))
                    hasClass = true;
                else
                    break;
            }

            if (!RecordTypeText.TryRead(Token(entry, at++), out var type))
                throw Wrong(entry, $"'{Token(entry, at - 1)}' is not a record type");
            if (!RdataText.TryRead(type, entry.Tokens.Skip(at).ToArray(), _origin, out var rdata))
                throw Wrong(entry, $"the data is not that of a {RecordTypeText.Write(type)} record");
            if (!_sets.TryGetValue((owner, type), out var set))
                _sets.Add((owner, type), (ttl ?? _ttl, [rdata]));
            // RFC 2181 §5: a set does not hold the same record twice.
            else if (!set.Rdatas.Exists(known => known.AsSpan().SequenceEqual(rdata)))
                set.Rdatas.Add(rdata);
        }

        private DomainName Name(MasterFileEntry entry, int at) =>
            RdataText.TryReadName(Token(entry, at), _origin, out var name) ? name : throw Wrong(entry, $"'{Token(entry, at)}' is not a name");
    }

    private static string Token(MasterFileEntry entry, int at) =>
        at < entry.Tokens.Count ? entry.Tokens[at].Text : throw Wrong(entry, "the line ends too soon");

    private static MasterFileException Wrong(MasterFileEntry entry, string what) => new(entry.Line, what);

    private static bool TryReadTtl(string text, out uint ttl) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ttl) && ttl <= int.MaxValue;
}
