using System.Diagnostics;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>No query is judged by two revisions.</summary>
public sealed class EditRaceTests
{
    [Theory]
    [InlineData("1.2.3.4.in-addr.arpa", RecordType.PTR)]
    [InlineData("a.toy", RecordType.A)]
    [InlineData("a.toy", RecordType.ANY)]
    public async Task An_edit_that_removes_the_clients_group_in_the_middle_of_a_query_breaks_nothing(string name, RecordType type)
    {
        var few = Policies.Compile(Policies.Group("first", "127.0.1.0/24"));
        var many = Policies.Compile(string.Concat(Enumerable.Range(0, 40).Select(number => Policies.Group($"g{number}", $"127.0.{number}.0/24"))));
        using var direct = new DirectHandler(Policies.Dev());
        // Not only once the other thread has begun: what this one allows would have to be asked for.
        direct.Policy.Publish(few);
        var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        var editing = Task.Run(() =>
        {
            while (Stopwatch.GetTimestamp() < end)
            {
                direct.Policy.Publish(many);
                direct.Policy.Publish(few);
            }
        });
        var query = Query.Of(name, type, edns: 1_232);
        var client = InternetAddress.FromIPv4(0x7F00_2701);
        for (var i = 0; Stopwatch.GetTimestamp() < end; i++)
        {
            Assert.True(direct.Handle(query, client) > 0);
            if (i % 100 == 0)
                direct.Ring.Drain((in _, _, _) => { });
        }

        await editing;
    }
}
