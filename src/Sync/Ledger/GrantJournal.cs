using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Ledger;

/// <summary>Grant events on their way to the store, as octets: written by whoever grants, taken all at once by one pump. Bounded; what does not fit is counted.</summary>
public sealed class GrantJournal
{
    // At 130 octets an answer: minutes of a busy node with a store that stands still.
    private const int MostOctets = 32 << 20;

    // What was closed must stay closed after a restart, so there is room for that when openings find none any more.
    private const int KeptForRevocations = 4 << 20;
    private const int UsualOctets = 1 << 16;
    private const int PlacesPerRecord = 4_096;

    private readonly Lock _lock = new();
    private byte[] _octets = new byte[UsualOctets];
    private byte[] _spare = new byte[UsualOctets];
    private int _length;
    private bool _hasRevocation;
    private long _dropped;

    /// <summary>Events that found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds what happened to some places, or counts it as dropped.</summary>
    public void Add(in GrantRecord record, ReadOnlySpan<GrantPlace> places)
    {
        for (; places.Length > PlacesPerRecord; places = places[PlacesPerRecord..])
            Add(record, places[..PlacesPerRecord]);
        if (places.IsEmpty)
            return;
        var octets = record.Octets(places.Length);
        var isRevocation = record.Kind is GrantEventKind.Revoked;
        lock (_lock)
        {
            if (_length + octets > MostOctets - (isRevocation ? 0 : KeptForRevocations))
            {
                _dropped += places.Length;
                return;
            }

            if (_length + octets > _octets.Length)
                Array.Resize(ref _octets, Math.Min(MostOctets, Math.Max(_octets.Length * 2, _length + octets)));
            record.Write(_octets.AsSpan(_length, octets), places);
            _length += octets;
            _hasRevocation |= isRevocation;
        }
    }

    /// <summary>Takes all that is there, in order. It stays as it is until the next call.</summary>
    public GrantBatch Take()
    {
        lock (_lock)
        {
            var batch = new GrantBatch(_octets.AsMemory(0, _length), _hasRevocation);
            // After a jam the room is given back.
            (_octets, _spare) = (_spare.Length > UsualOctets * 16 ? new byte[UsualOctets] : _spare, _octets);
            (_length, _hasRevocation) = (0, false);
            return batch;
        }
    }
}

/// <summary>Records of the journal.</summary>
/// <param name="Records">One behind the other; see <see cref="GrantRecord"/>.</param>
/// <param name="HasRevocation">Is any of them a revocation? Then they must survive a power cut.</param>
public readonly record struct GrantBatch(ReadOnlyMemory<byte> Records, bool HasRevocation);
