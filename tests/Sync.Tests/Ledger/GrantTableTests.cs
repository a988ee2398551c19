using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Ledger;

/// <summary>The flat tables against the dictionary that anybody would have written.</summary>
public sealed class GrantTableTests
{
    private static readonly PortRange[] Ports = [new(TransportProtocol.Tcp, 443, 443), new(TransportProtocol.Udp, 443, 443), new(TransportProtocol.Tcp, 8000, 8080), PortRange.Any];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_done_to_it_it_holds_what_a_dictionary_would(int seed)
    {
        var random = new Random(seed);
        var table = new GrantTable();
        var model = new Dictionary<AllowEntry, Dictionary<(string, RecordType), long>>();
        for (var step = 0; step < 12_000; step++)
        {
            var entry = new AllowEntry($"g{random.Next(4)}", InternetAddress.FromIPv4((uint)random.Next(700)), Ports[random.Next(Ports.Length)]);
            var name = $"n{random.Next(5)}.example.com";
            var type = random.Next(2) == 0 ? RecordType.A : RecordType.HTTPS;
            var until = random.Next(1, 10_000);
            switch (random.Next(10))
            {
                case < 6:
                    table.AddReason(table.FindOrAdd(entry), table.Keep(DomainName.Parse(name).Octets), type, until, step);
                    var reasons = model.TryGetValue(entry, out var known) ? known : model[entry] = [];
                    reasons[(name, type)] = Math.Max(reasons.GetValueOrDefault((name, type)), until);
                    break;
                case < 8 when table.Find(entry) >= 0:
                    table.Remove(table.Find(entry));
                    model.Remove(entry);
                    break;
                case 8 when model.ContainsKey(entry):
                    var index = table.Find(entry);
                    var isLeft = table.KeepReasons(index, (ref ReasonRow reason) => reason.Until > until);
                    foreach (var reason in model[entry].Where(reason => reason.Value <= until).ToList())
                        model[entry].Remove(reason.Key);
                    Assert.Equal(model[entry].Count > 0, isLeft);
                    if (!isLeft)
                    {
                        table.Remove(index);
                        model.Remove(entry);
                    }

                    break;
                default:
                    Assert.Equal(model.ContainsKey(entry), table.Find(entry) >= 0);
                    break;
            }

            Assert.Equal(model.Count, table.Count);
        }

        table.Compact();
        Assert.Equal(Write(model), Write(table));
        Assert.All(model.Keys, entry => Assert.Equal(
            model.Keys.Where(other => other.Group == entry.Group && other.Address == entry.Address).Select(other => other.Ports).ToHashSet(),
            table.Of(entry.Group, entry.Address).Select(index => table[index].Ports).ToHashSet()));
    }

    [Fact]
    public void Compacting_keeps_every_name_and_gives_back_the_rest()
    {
        var table = new GrantTable();
        for (var i = 0; i < 20_000; i++)
        {
            var index = table.FindOrAdd(new AllowEntry("web", InternetAddress.FromIPv4((uint)i), PortRange.Any));
            table.AddReason(index, table.Keep(DomainName.Parse($"host-{i}.example.com").Octets), RecordType.A, 1, 1);
        }

        foreach (var index in table.All().Where(index => index % 10 != 0))
            table.Remove(index);
        table.Compact();
        Assert.Equal(2_000, table.Count);
        Assert.All(table.All(), index => Assert.Equal($"host-{table[index].Address.IPv4Bits}.example.com", NameText.Write(table.Name(table.Reason(table[index].FirstReason)))));
    }

    [Fact]
    public void A_group_that_was_never_heard_of_has_nothing()
    {
        var table = new GrantTable();
        Assert.Equal(-1, table.Find(new AllowEntry("web", InternetAddress.FromIPv4(1), PortRange.Any)));
        Assert.Empty(table.Of("web", InternetAddress.FromIPv4(1)));
        Assert.Empty(table.All());
    }

    private static string[] Write(Dictionary<AllowEntry, Dictionary<(string Name, RecordType Type), long>> model) =>
        [.. model.Select(entry => $"{entry.Key} {entry.Value.Values.Max()}: {string.Join(' ', entry.Value.Select(reason => $"{reason.Key.Name} {reason.Key.Type} {reason.Value}").Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)];

    private static string[] Write(GrantTable table) => [.. table.All().Select(index =>
    {
        var reasons = new List<string>();
        for (var at = table[index].FirstReason; at >= 0; at = table.Reason(at).Next)
            reasons.Add($"{NameText.Write(table.Name(table.Reason(at)))} {table.Reason(at).Type} {table.Reason(at).Until}");
        return $"{table.Allow(table[index])} {table[index].Until}: {string.Join(' ', reasons.Order(StringComparer.Ordinal))}";
    }).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_hundred_thousandth_name_behind_one_address_costs_no_more_than_the_first()
    {
        const int names = 60_000, part = 2_000;
        var table = new GrantTable();
        var entry = table.FindOrAdd(new AllowEntry("dev", InternetAddress.FromIPv4(0x0102_0304), new PortRange(TransportProtocol.Tcp, 443, 443)));
        var parts = new List<TimeSpan>();
        for (var first = 0; first < names; first += part)
        {
            var octets = Enumerable.Range(first, part).Select(number => DomainName.Parse($"n{number}.example.com").Octets.ToArray()).ToList();
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            Assert.All(octets, name => Assert.True(table.AddReason(entry, table.Keep(name), RecordType.A, 1_000, 1)));
            parts.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start));
        }

        // Walking through all of them each time, the last part took some forty times as long as the first.
        Assert.True(parts[^5..].Min() < 10 * parts[..5].Max(), string.Join(' ', parts));
        Assert.False(table.KeepReasons(entry, static (ref ReasonRow _) => false));
    }
}
