using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Sync.Shaping;

/// <summary>★ Names with many addresses, before targets that hold few: of each answer a small part is told, and always the same part as long as that is honest.</summary>
/// <remarks>What is open already is preferred, so most answers need no call at all; what a target cannot express is never told.</remarks>
internal sealed class AnswerShaping(TargetSet targets, TimeProvider time)
{
    // Names told lately; of more than that the choice is still the same, since it is made by a hash, but not remembered.
    private const int MostNames = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, DomainName Name, RecordType Type, bool IsIPv4), AnswerPins> _pins = [];

    /// <summary>Names remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _pins.Count;
        }
    }

    /// <summary>The addresses that may be told; null where all may.</summary>
    public IReadOnlyList<InternetAddress>? Choose(ChoiceRequest request)
    {
        var shaping = targets.ShapingOf(request.Group.Targets);
        if (shaping.Count == 0)
            return null;
        var possible = request.Addresses.Where(address => shaping.All(target => Entries(request, address).All(entry => target.CanHold(entry)))).ToList();
        var chosen = new List<InternetAddress>();
        lock (_lock)
        {
            foreach (var family in possible.GroupBy(address => address.IsIPv4))
                chosen.AddRange(PinsLocked(request, family.Key).Choose([.. family], request.Pin ?? shaping.Min(target => target.Options.Pin), StickOf(request, shaping), Moment.MonotonicOf(time), IsOpen, address => Weight(request.Name, address)));
        }

        return chosen.Count == request.Addresses.Count && chosen.TrueForAll(request.Addresses.Contains) ? null : chosen;

        bool IsOpen(InternetAddress address) => shaping.All(target => Entries(request, address).All(target.IsOpen));
    }

    private AnswerPins PinsLocked(ChoiceRequest request, bool isIPv4)
    {
        var key = (request.Group.Name, request.Name, request.Type, isIPv4);
        if (_pins.TryGetValue(key, out var pins))
            return pins;
        if (_pins.Count >= MostNames)
        {
            // The half that was asked for longest ago; rarely, so that it may take a moment.
            foreach (var old in _pins.OrderBy(pair => pair.Value.AskedAt).Select(pair => pair.Key).Take(MostNames / 2).ToList())
                _pins.Remove(old);
        }

        return _pins[key] = new AnswerPins();
    }

    // A hint says only what is in its record.
    private static long StickOf(ChoiceRequest request, IReadOnlyList<IAllowTarget> shaping) => !AddressRdata.IsAddress(request.Type) ? 0 : (long)shaping.Min(target => target.Options.Stick).TotalMilliseconds;

    private static IEnumerable<AllowEntry> Entries(ChoiceRequest request, InternetAddress address) => request.Ports.Ranges.Select(ports => new AllowEntry(request.Group.Name, address, ports));

    // Highest random weight: every resolver that sees the same answer chooses the same part of it. So no secret key here.
    private static ulong Weight(DomainName name, InternetAddress address)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var octet in name.Octets)
            hash = (hash ^ octet) * 0x100000001b3UL;
        hash = (hash ^ (ulong)address.Bits) * 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 32) ^ (ulong)(address.Bits >> 64)) * 0xD6E8FEB86659FD93UL;
        return hash ^ (hash >> 32);
    }
}
