using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

public sealed class RepeatTests : StoreTest
{
    private QueryLogStore Store => field ??= OpenLog();

    [Fact]
    public void Repeats_within_a_second_are_one_row_with_an_exact_count_over_any_number_of_turns()
    {
        var row = Rows.Of(Clock, "a.example");
        for (var turn = 0; turn < 5; turn++)
            Store.Append([row with { Count = 10, At = row.At.AddMilliseconds(turn * 200) }]);
        Store.Append([row with { At = row.At.AddSeconds(1) }]);

        Assert.Equal([1L, 50L], Store.Search(new QueryLogFilter()).Select(found => found.Count));
        Store.Dispose();
        Assert.Equal([1L, 50L], OpenLog().Search(new QueryLogFilter()).Select(found => found.Count));
    }

    [Fact]
    public void Whatever_differs_in_what_a_row_shows_of_question_and_answer_is_a_row_of_its_own()
    {
        var row = Rows.Of(Clock, "a.example");
        QueryLogRow[] different =
        [
            row, row with { Name = "b.example" }, row with { Client = Addresses.Of("10.0.0.2") }, row with { Type = RecordType.AAAA }, row with { Outcome = Outcome.Audited },
            row with { Reason = VerdictReason.Tunnel }, row with { Source = AnswerSource.Cache }, row with { ResponseCode = ResponseCode.NameError }, row with { Revision = 4 },
            row with { Transport = QueryTransport.Tls }, row with { ExtendedError = 15 }, row with { Group = "guests" }, row with { Rule = null },
        ];
        Store.Append([.. different, .. different]);

        Assert.Equal(different, Store.Search(new QueryLogFilter()).Reverse().Select(found => found with { Id = 0, Count = found.Count - 1 }));
    }

    [Fact]
    public void Seconds_that_come_out_of_order_from_two_rings_are_counted_exactly()
    {
        var row = Rows.Of(Clock, "a.example");
        Store.Append([row, row with { At = row.At.AddSeconds(1) }, row, row with { At = row.At.AddSeconds(1) }, row with { At = row.At.AddSeconds(1) }]);

        var found = Store.Search(new QueryLogFilter());
        Assert.Equal(2, found.Where(other => other.At == row.At).Sum(other => other.Count));
        Assert.Equal(3, found.Where(other => other.At != row.At).Sum(other => other.Count));
    }

    [Fact]
    public void A_record_costs_no_allocation_however_new_its_name_is()
    {
        var name = DomainName.Parse("0000000.a-name-of-usual-length.example").Octets.ToArray();
        var note = AnswerNote.Write([Addresses.Of("192.0.2.1")], []);
        var record = new QueryRecord { UnixMilliseconds = Now, Client = Addresses.Of("10.0.0.1"), Group = -1, Rule = -1, Type = 1 };
        Add(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Add(20_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Store.Commit();
        Assert.Equal(40_000, Store.Totals().Kept);

        void Add(int from)
        {
            for (var number = from; number < from + 20_000; number++)
            {
                for (var (digit, left) = (7, number); digit > 0; digit--, left /= 10)
                    name[digit] = (byte)('0' + (left % 10));
                Store.Add(record, name, note);
            }
        }
    }

    [Fact]
    public void The_longest_name_and_note_are_kept_whole()
    {
        var name = string.Join('.', Enumerable.Repeat(string.Concat(Enumerable.Repeat("\\001", 63)), 3)) + "." + string.Concat(Enumerable.Repeat("\\255", 61));
        var alias = string.Join('.', Enumerable.Repeat(new string('x', 63), 3)) + "." + new string('y', 61);
        var row = Rows.Of(Clock, name) with
        {
            Addresses = string.Join(' ', Enumerable.Range(1, AnswerNote.MaxAddresses).Select(number => $"2001:db8::{number:x}")),
            Aliases = string.Join(' ', Enumerable.Repeat(alias, AnswerNote.MaxAliases)),
        };

        // As many as a block's texts can hold, and more.
        for (var index = 0; index < 3_000; index++)
            Store.Add(row with { At = row.At.AddSeconds(index % 60), Type = (RecordType)index });
        Store.Commit();

        Assert.Equal(row with { Id = 3_000, Type = (RecordType)2_999, At = row.At.AddSeconds(2_999 % 60) }, Store.Search(new QueryLogFilter(Limit: 1)).Single());
        Assert.Equal(3_000, Store.Totals().Kept);
    }
}
