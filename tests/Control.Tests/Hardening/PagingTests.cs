using System.Globalization;
using System.Net;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.Hardening;

/// <summary>Whoever turns pages while more is written sees every row there was, each once.</summary>
public sealed class PagingTests : ControlTest
{
    private const int Before = 600;

    [Fact]
    public async Task Of_the_query_log()
    {
        Append(0, Before);
        var writing = true;
        var writer = WriteAsync();

        var seen = await ReadAllAsync("/query-log?limit=17", row => (string)row["name"]!);
        writing = false;
        var written = await writer;

        Assert.Equal(Enumerable.Range(0, Before), seen.Select(Number).Where(number => number < Before).Order());
        Assert.True(written > Before, "nothing was written meanwhile");

        // One writer, as the pump is.
        async Task<int> WriteAsync()
        {
            var next = Before;
            for (; Volatile.Read(ref writing); next += 50)
            {
                Append(next, 50);
                await Task.Delay(1);
            }

            return next;
        }
    }

    [Fact]
    public async Task Of_the_audit_log_and_of_revisions()
    {
        for (var i = 0; i < 60; i++)
            (await AddAsync(i)).Expect(HttpStatusCode.Created);
        using var done = new CancellationTokenSource();
        var writer = WriteAsync();

        var revisions = await ReadAllAsync("/policy/revisions?limit=3", row => row["number"]!.ToString());
        var entries = await ReadAllAsync("/audit-log?limit=3", row => row["id"]!.ToString());
        await done.CancelAsync();
        Assert.True(await writer > 60, "nothing was written meanwhile");

        Assert.Equal(Enumerable.Range(1, 61), revisions.Select(Parse).Where(number => number <= 61).Order());
        Assert.Equal(Enumerable.Range(1, 60), entries.Select(Parse).Where(number => number <= 60).Order());

        async Task<int> WriteAsync()
        {
            var next = 60;
            for (; !done.IsCancellationRequested; next++)
                (await AddAsync(next)).Expect(HttpStatusCode.Created);
            return next;
        }
    }

    private Task<Reply> AddAsync(int number) => Api.EditAsync("POST", "/groups/build/rules", string.Create(CultureInfo.InvariantCulture, $$"""{"allow": "p{{number}}.example.com"}"""));

    private async Task<List<string>> ReadAllAsync(string path, Func<System.Text.Json.Nodes.JsonNode, string> name)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await Api.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}")).Expect(HttpStatusCode.OK).Json;
            seen.AddRange(page["items"]!.AsArray().Select(row => name(row!)));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        return seen;
    }

    private void Append(int first, int count) => Node.QueryLog.Append(Enumerable.Range(first, count).Select(number => new QueryLogRow
    {
        At = Node.Clock.GetUtcNow().AddMilliseconds(number),
        Client = Addresses.Of("10.0.3.7"),
        Group = "build",
        Name = string.Create(CultureInfo.InvariantCulture, $"q{number}.example"),
        Type = RecordType.A,
        Outcome = Outcome.Allowed,
        Reason = VerdictReason.AllowRule,
        Rule = "api",
        Revision = 1,
    }));

    private static int Number(string name) => Parse(name.Split('.')[0][1..]);

    private static int Parse(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
