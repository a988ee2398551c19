using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Store.Grants;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.Grants;

public sealed class JournalTests : StoreTest
{
    private static readonly InternetAddress Address = Addresses.Of("192.0.2.1");

    private GrantJournalStore Store => field ??= Open();

    [Fact]
    public void What_was_opened_is_in_force_until_its_time_is_over()
    {
        var opened = Opened(0, 60);
        Append(opened);

        Assert.Equal([opened], Store.InForce(Now));
        Assert.Equal([opened], Store.InForce(Now + 59_999));
        Assert.Empty(Store.InForce(Now + 60_000));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void An_event_is_read_back_as_it_was_written(string address)
    {
        Assert.True(PortRange.TryParse("udp/8000-8080", out var ports));
        var opened = Opened(0, 60) with { Address = Addresses.Of(address), Ports = ports, Type = (RecordType)65_280, Aliases = "a.example b\\.c.example", Rule = null };

        Append(opened);

        Assert.Equal([opened], Store.Explain(Addresses.Of(address), null, 10));
    }

    [Fact]
    public void What_was_extended_is_in_force_once_and_until_the_later_end()
    {
        Append(Opened(0, 60), Opened(30, 90));

        Assert.Equal([Opened(30, 90)], Store.InForce(Now + 70_000));
        Assert.Equal([Opened(30, 90)], Store.InForce(Now));
    }

    [Fact]
    public void Two_names_that_hold_one_address_are_two_reasons()
    {
        var other = Opened(0, 60) with { Name = "other.example" };
        Append(Opened(0, 60), other);

        Assert.Equal([Opened(0, 60), other], Store.InForce(Now));
    }

    [Fact]
    public void What_was_revoked_is_not_in_force_and_takes_all_its_reasons_with_it()
    {
        Append(Opened(0, 60), Opened(0, 60) with { Name = "other.example" }, Revoked(10));

        Assert.Empty(Store.InForce(Now + 20_000));
    }

    [Fact]
    public void A_revocation_reaches_no_other_group_address_or_port()
    {
        Assert.True(PortRange.TryParse("udp/53", out var ports));
        GrantEvent[] others = [Opened(0, 60) with { Group = "guests" }, Opened(0, 60) with { Address = Addresses.Of("192.0.2.2") }, Opened(0, 60) with { Ports = ports }];
        Append([Opened(0, 60), .. others, Revoked(10)]);

        Assert.Equal(others.ToHashSet(), Store.InForce(Now + 20_000).ToHashSet());
    }

    [Fact]
    public void What_was_opened_again_after_it_was_revoked_is_in_force()
    {
        Append(Opened(0, 60), Revoked(10), Opened(20, 80));

        Assert.Equal([Opened(20, 80)], Store.InForce(Now + 30_000));
    }

    [Fact]
    public void The_order_of_writing_counts_and_not_the_clock_which_may_be_stepped_back()
    {
        Append(Opened(100, 160));
        Append(Revoked(50));

        Assert.Empty(Store.InForce(Now + 60_000));
    }

    [Fact]
    public void A_later_start_sees_what_an_earlier_one_wrote()
    {
        Append(Opened(0, 60), Opened(0, 60) with { Name = "other.example" });

        var restarted = Open();

        Assert.Equal(Store.InForce(Now), restarted.InForce(Now));
    }

    [Fact]
    public void The_history_of_an_address_is_newest_first_and_no_other_addresss()
    {
        Append(Opened(0, 60), Opened(0, 60) with { Address = Addresses.Of("192.0.2.9") }, Revoked(10), Opened(20, 80));

        Assert.Equal([Opened(20, 80), Revoked(10), Opened(0, 60)], Store.Explain(Address, null, 10));
        Assert.Equal([Opened(20, 80)], Store.Explain(Address, null, 1));
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(0, "opened 0")]
    [InlineData(60, "opened 0")]
    [InlineData(61, "")]
    [InlineData(100, "opened 100")]
    [InlineData(105, "revoked 105, opened 100")]
    public void What_is_explained_of_a_moment_is_what_had_happened_and_was_not_over(int second, string expected)
    {
        Append(Opened(0, 60), Opened(100, 160), Revoked(105));

        var happened = Store.Explain(Address, Now + (second * 1_000), 10).Select(one => $"{one.Kind} {(one.At - Now) / 1_000}");

        Assert.Equal(expected, string.Join(", ", happened), ignoreCase: true);
    }

    [Fact]
    public void What_is_over_is_forgotten_by_whole_segments()
    {
        Fill(Segments(3), until: 60);
        var all = Files().Count;
        Store.Forget(Now + 60_000);
        Assert.Equal(all, Files().Count);

        Store.Forget(Now + 60_001);

        Assert.Empty(Files());
        Assert.Empty(Store.Explain(Address, null, 10));
        Append(Opened(0, 600));
        Assert.Equal([Opened(0, 600)], Store.InForce(Now));
    }

    [Fact]
    public void Forgetting_brings_nothing_back_that_was_revoked()
    {
        Append(Opened(0, 600));
        Fill(Segments(2), until: 60);
        Append(Revoked(10));
        Fill(Segments(2), until: 60);

        Store.Forget(Now + 300_000);

        Assert.Empty(Store.InForce(Now + 300_000));
    }

    [Fact]
    public void No_more_room_is_taken_than_allowed_and_the_newest_is_kept()
    {
        Fill(4 * Bytes, until: 600);
        Append(Opened(0, 600));

        Assert.InRange(Files().Sum(file => file.Length), Bytes * 9 / 10, Bytes);
        Assert.Contains(Opened(0, 600), Store.InForce(Now));
    }

    [Fact]
    public void An_address_is_found_again_in_whichever_segment_it_is()
    {
        var places = Enumerable.Range(0, 20).Select(i => Opened(i, 600) with { Address = Addresses.Of($"198.51.100.{i}") }).ToList();
        foreach (var place in places)
        {
            Append(place);
            Fill(Segments(1) / 2, until: 600);
        }

        var restarted = Open();

        Assert.True(Files().Count > 8);
        Assert.All(places, place => Assert.Equal([place], restarted.Explain(place.Address, null, 10)));
        Assert.Empty(restarted.Explain(Addresses.Of("198.51.100.77"), null, 10));
    }

    [Fact]
    public void A_torn_end_costs_the_batch_that_was_torn_and_nothing_else()
    {
        Append(Opened(0, 60));
        var whole = Assert.Single(Files()).Length;
        Append(Opened(0, 60) with { Name = "torn.example" });
        Store.Dispose();
        var file = Assert.Single(Files());
        var octets = File.ReadAllBytes(file.FullName);
        for (var cut = octets.Length - 1; cut > whole; cut--)
        {
            File.WriteAllBytes(file.FullName, octets[..cut]);
            using var restarted = Open();
            Assert.Equal([Opened(0, 60)], restarted.InForce(Now));
            Assert.True(restarted.Torn > 0);
            restarted.Append(GrantEvents.Records(Opened(5, 60)), mustLast: true);
            Assert.Equal([Opened(5, 60)], restarted.InForce(Now));
        }
    }

    [Fact]
    public void A_damaged_octet_anywhere_never_makes_a_grant_that_was_not_there()
    {
        Append(Opened(0, 60), Opened(0, 60) with { Name = "other.example" });
        Store.Dispose();
        var file = Assert.Single(Files());
        var octets = File.ReadAllBytes(file.FullName);
        GrantEvent[] honest = [Opened(0, 60), Opened(0, 60) with { Name = "other.example" }];
        for (var at = 0; at < octets.Length; at++)
        {
            var damaged = octets.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(file.FullName, damaged);
            using var restarted = Open();
            Assert.Subset(honest.ToHashSet(), restarted.InForce(Now).ToHashSet());
        }
    }

    [Fact]
    public void What_cannot_be_written_leaves_nothing_behind_and_is_written_the_next_time()
    {
        Append(Opened(0, 60));
        var records = GrantEvents.Records(Opened(0, 60) with { Name = "other.example" });
        File.Delete(Assert.Single(Files()).FullName);
        Directory.Delete(Folder.File("grants"));
        File.WriteAllText(Folder.File("grants"), "in the way");

        Assert.ThrowsAny<IOException>(() => Store.Append(records, mustLast: true));
        File.Delete(Folder.File("grants"));
        Store.Append(records, mustLast: true);

        Assert.Equal([Opened(0, 60) with { Name = "other.example" }], Open().InForce(Now));
    }

    [Fact]
    public void An_answer_of_many_addresses_is_one_record()
    {
        GrantPlace[] places = [.. Enumerable.Range(1, 200).Select(i => new GrantPlace(Addresses.Of($"198.51.100.{i}"), Https))];
        var record = new GrantRecord { Kind = GrantEventKind.Opened, At = Now, Until = Now + 60_000, Group = "build", Revision = 7, Rule = "a/ü", Name = DomainName.Parse("api.example").Octets, Type = RecordType.A };
        var octets = new byte[record.Octets(places.Length)];
        record.Write(octets, places);
        Store.Append(octets, mustLast: false);

        Assert.Equal(places.Select(place => place.Address), Store.InForce(Now).Select(happened => happened.Address));
        Assert.All(Store.InForce(Now), happened => Assert.Equal(("api.example", "a/ü"), (happened.Name, happened.Rule)));
        Assert.InRange(octets.Length, 1, 200 * 22);
    }

    [Fact]
    public async Task It_is_read_while_it_is_written()
    {
        var store = Track(new GrantJournalStore(Folder.File("busy"), 1L << 30));
        store.Append(GrantEvents.Records(Opened(0, 600)), mustLast: false);
        var writer = Task.Run(() => Fill(store, 20 << 20, until: 60));
        var reads = 0;
        for (; !writer.IsCompleted || reads < 3; reads++)
        {
            Assert.Equal([Opened(0, 600)], store.Explain(Address, null, 10));
            Assert.Contains(Opened(0, 600), store.InForce(Now + 60_000));
        }

        await writer;
        Assert.True(new DirectoryInfo(Folder.File("busy")).GetFiles().Length > 2);
    }

    // Room for sixteen of the smallest segments.
    private const long Bytes = 16 << 16;

    private GrantJournalStore Open() => Track(new GrantJournalStore(Folder.File("grants"), Bytes));

    private List<FileInfo> Files() => [.. new DirectoryInfo(Folder.File("grants")).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];

    private static long Segments(int count) => count * (1 << 16);

    private void Append(params GrantEvent[] events) => Store.Append(GrantEvents.Records(events), events.Any(happened => happened.Kind is GrantEventKind.Revoked));

    // What others did, so many octets of it.
    private void Fill(long octets, int until) => Fill(Store, octets, until);

    private void Fill(GrantJournalStore store, long octets, int until)
    {
        var number = 0;
        for (long written = 0; written < octets;)
        {
            var records = GrantEvents.Records(Enumerable.Range(0, 20).Select(_ => Opened(0, until) with { Address = InternetAddress.FromIPv4((uint)(0x0A00_0000 + number++)), Name = $"n{number}.example" }));
            store.Append(records, mustLast: false);
            written += records.Length;
        }
    }

    private static PortRange Https => PortRange.TryParse("tcp/443", out var range) ? range : default;

    private GrantEvent Opened(int at, int until) =>
        new(GrantEventKind.Opened, Now + (at * 1_000), Now + (until * 1_000), "build", Address, Https, "api.example.com", RecordType.A, "", "github/r-1", 7);

    // As the ledger writes it: over at once, and without a name.
    private GrantEvent Revoked(int at) =>
        new(GrantEventKind.Revoked, Now + (at * 1_000), Now + (at * 1_000), "build", Address, Https, "", RecordType.None, "", null, 8);
}
