using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Shaping;

/// <summary>Which addresses of a name a group is told, and which its answers held lately. Guarded by the lock of <see cref="AnswerShaping"/>.</summary>
internal sealed class AnswerPins
{
    // Three answers' worth of the largest usual answer; more is not needed to see that a pool rotates.
    private const int MostSeen = 48;
    private const int LeastRotation = 4;

    private readonly Dictionary<InternetAddress, long> _seen = [];
    private List<InternetAddress> _pins = [];

    /// <summary>When it was last asked for, by the monotonic clock.</summary>
    public long AskedAt { get; private set; }

    /// <summary>Addresses remembered.</summary>
    public int Seen => _seen.Count;

    /// <summary>Chooses among the addresses of an answer.</summary>
    /// <param name="answer">Those of one family that can be opened at all.</param>
    /// <param name="count">How many to tell.</param>
    /// <param name="stick">How long an address of a rotating pool may be told after it was last seen, in milliseconds.</param>
    /// <param name="now">The monotonic clock.</param>
    /// <param name="isOpen">Is it open already?</param>
    /// <param name="weight">The order of preference among those that are not: the same on every resolver.</param>
    public IReadOnlyList<InternetAddress> Choose(IReadOnlyList<InternetAddress> answer, int count, long stick, long now, Predicate<InternetAddress> isOpen, Func<InternetAddress, ulong> weight)
    {
        AskedAt = now;
        See(answer, stick, now);
        // Who moves a service away takes its address out of the answer, and must be followed at once; who has a thousand addresses and
        // tells eight means no harm to the others.
        var isRotating = _seen.Count >= Math.Max(LeastRotation, 3 * answer.Count);
        _pins = [.. _pins.Where(pin => answer.Contains(pin) || (isRotating && _seen.ContainsKey(pin))).Take(count)];
        if (_pins.Count == 0)
            _pins = [.. answer.Where(address => isOpen(address)).OrderByDescending(weight).Take(count)];
        // One that is open already beside those costs nothing; a new one is taken only where nothing is left.
        else if (_pins.Count < count)
            _pins = [.. _pins, .. answer.Where(address => !_pins.Contains(address) && isOpen(address)).OrderByDescending(weight).Take(count - _pins.Count)];
        if (_pins.Count == 0)
            _pins = [.. answer.OrderByDescending(weight).Take(count)];
        return _pins;
    }

    private void See(IReadOnlyList<InternetAddress> answer, long stick, long now)
    {
        foreach (var old in _seen.Where(seen => seen.Value + stick <= now).Select(seen => seen.Key).ToList())
            _seen.Remove(old);
        foreach (var address in answer)
            _seen[address] = now;
        // Pins are never forgotten for want of room.
        foreach (var surplus in _seen.Where(seen => seen.Value < now && !_pins.Contains(seen.Key)).OrderBy(seen => seen.Value).Select(seen => seen.Key).Take(Math.Max(0, _seen.Count - MostSeen)).ToList())
            _seen.Remove(surplus);
    }
}
