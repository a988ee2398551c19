using System.Net;
using System.Text.Json.Nodes;
using DnsGuard.Store;
using DnsGuard.Store.Tests.QueryLogs;

namespace DnsGuard.Control.Tests.QueryLogs;

/// <summary>The query log as it comes, over server-sent events.</summary>
public sealed class TailTests : ControlTest, IDisposable
{
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Rows_come_as_they_are_written_each_once_in_order_and_filtered()
    {
        Node.QueryLog.Append([Row("before.example")]);
        using var tail = await OpenAsync("?name=.wanted.example");
        for (var turn = 0; turn < 5; turn++)
            Node.QueryLog.Append([Row($"n{turn}.wanted.example"), Row($"n{turn}.other.example")]);
        var events = await ReadAsync(tail, 5);
        Assert.Equal(Enumerable.Range(0, 5).Select(turn => $"n{turn}.wanted.example"), events.Select(one => (string)one.Data["name"]!));
        Assert.Equal(["2", "4", "6", "8", "10"], events.Select(one => one.Id));
    }

    [Fact]
    public async Task A_reader_that_comes_back_gets_what_it_missed()
    {
        for (var turn = 1; turn <= 6; turn++)
            Node.QueryLog.Append([Row($"n{turn}.example")]);
        using var tail = await OpenAsync("", "4");
        Assert.Equal(["5", "6"], (await ReadAsync(tail, 2)).Select(one => one.Id));
    }

    [Fact]
    public async Task A_reader_from_a_log_that_was_begun_anew_starts_at_its_end()
    {
        Node.QueryLog.Append([Row("n1.example")]);
        using var tail = await OpenAsync("", "1000");
        Node.QueryLog.Append([Row("n2.example")]);
        Assert.Equal(["2"], (await ReadAsync(tail, 1)).Select(one => one.Id));
    }

    [Fact]
    public async Task Who_is_too_slow_is_told_and_gets_the_newest()
    {
        using var tail = await OpenAsync("");
        Node.QueryLog.Append([.. Enumerable.Range(0, 3_000).Select(index => Row($"n{index}.example"))]);
        var events = await ReadAsync(tail, 1_001);
        Assert.Equal(("dropped", """{"more":true,"rows":2000,"exact":true}"""), (events[0].Event, events[0].Data.ToJsonString()));
        Assert.Equal(("2001", "3000"), (events[1].Id, events[^1].Id));
    }

    [Fact]
    public async Task Left_out_are_only_rows_that_were_wanted()
    {
        using var tail = await OpenAsync("?name=.wanted.example");
        Node.QueryLog.Append([.. Enumerable.Range(0, 3_000).Select(index => Row(index % 2 == 0 ? $"n{index}.wanted.example" : $"n{index}.other.example"))]);
        Assert.Equal("""{"more":true,"rows":500,"exact":true}""", (await ReadAsync(tail, 1))[0].Data.ToJsonString());
    }

    [Fact]
    public async Task Who_comes_back_to_more_than_is_counted_is_told_how_many_at_least()
    {
        Node.QueryLog.Append([.. Enumerable.Range(0, 300_000).Select(index => Row($"n{index}.example"))]);
        using var tail = await OpenAsync("", "1");
        var dropped = (await ReadAsync(tail, 1))[0].Data;
        Assert.False((bool)dropped["exact"]!);
        Assert.InRange((long)dropped["rows"]!, 99_000, 298_998);
    }

    [Fact]
    public async Task No_more_than_a_few_dozen_follow_at_once()
    {
        var tails = new List<StreamReader>();
        for (var index = 0; index < 32; index++)
            tails.Add(await OpenAsync(""));
        (await Api.GetAsync("/query-log/stream")).Expect(HttpStatusCode.TooManyRequests, "too-many-tails");
        tails.ForEach(tail => tail.Dispose());
    }

    [Fact]
    public async Task A_filter_that_makes_no_sense_is_refused() =>
        (await Api.GetAsync("/query-log/stream?type=X")).Expect(HttpStatusCode.UnprocessableEntity, "bad-type");

    public void Dispose() => _http.Dispose();

    private QueryLogRow Row(string name) => Rows.Of(Node.Clock, name);

    private async Task<StreamReader> OpenAsync(string query, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Node.Address, $"/api/v1/query-log/stream{query}"));
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // It has looked where the log ends once it says how soon to come back.
        Assert.Equal("retry: 2000", await reader.ReadLineAsync());
        return reader;
    }

    // Time passes until enough has come.
    private async Task<List<(string Event, string Id, JsonNode Data)>> ReadAsync(StreamReader reader, int count)
    {
        var events = new List<(string, string, JsonNode)>();
        var (kind, id) = ("", "");
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (events.Count < count)
        {
            var line = reader.ReadLineAsync();
            while (!line.IsCompleted)
            {
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), $"{events.Count} events came");
                Node.Clock.Advance(TimeSpan.FromMilliseconds(50));
                await Task.WhenAny(line, Task.Delay(10));
            }

            var text = (await line)!;
            (kind, id) = (text.StartsWith("event: ", StringComparison.Ordinal) ? text[7..] : kind, text.StartsWith("id: ", StringComparison.Ordinal) ? text[4..] : id);
            if (text.StartsWith("data: ", StringComparison.Ordinal))
                events.Add((kind, id, JsonNode.Parse(text[6..])!));
        }

        return events;
    }
}
