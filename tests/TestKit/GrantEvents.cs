using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;

namespace DnsGuard.TestKit;

/// <summary>Grant events to and from the octets that travel through the journal.</summary>
public static class GrantEvents
{
    /// <summary>As the ledger writes them: one record each.</summary>
    public static byte[] Records(params IEnumerable<GrantEvent> events)
    {
        var records = new List<byte>();
        foreach (var happened in events)
        {
            var record = new GrantRecord
            {
                Kind = happened.Kind,
                At = happened.At,
                Until = happened.Until,
                Group = happened.Group,
                Revision = happened.Revision,
                Name = happened.Name.Length == 0 ? default : DomainName.Parse(happened.Name).Octets,
                Type = happened.Type,
                Aliases = [.. happened.Aliases.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(DomainName.Parse)],
                Rule = happened.Rule,
            };
            var octets = new byte[record.Octets(1)];
            record.Write(octets, [new GrantPlace(happened.Address, happened.Ports)]);
            records.AddRange(octets);
        }

        return [.. records];
    }

    /// <summary>What records tell of.</summary>
    public static IReadOnlyList<GrantEvent> Read(ReadOnlySpan<byte> records)
    {
        var events = new List<GrantEvent>();
        while (GrantRecordView.TryTake(ref records, out var record))
        {
            for (var place = 0; place < record.Places; place++)
                events.Add(record.Event(place));
        }

        return events;
    }
}
