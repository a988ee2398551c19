using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Cli.Tests;

/// <summary><c>log -f</c> over a stream that breaks, falls silent or drops rows.</summary>
public sealed class TailTests : CommandLine
{
    private readonly List<string?> _resumed = [];

    [Fact]
    public async Task It_begins_with_the_last_rows_and_goes_on_where_it_broke_off()
    {
        await using var server = await Stranger.ServeAsync(http => AnswerAsync(http, [[Row(3), Row(4)], [Row(5)]]));

        var outcome = await RunAsync("log", "-f", "-n", "2", "-o", "name", "--server", server.Address);

        // The third time it is turned away, which ends it: no wait mends a token that is no longer good.
        Assert.Equal((4, "n1.example.com\nn2.example.com\nn3.example.com\nn4.example.com\nn5.example.com\n"), (outcome.Code, outcome.Out));
        Assert.Equal(["2", "4", "5"], _resumed);
        Assert.Contains("the stream ended: the server closed it. Trying again in 1 s.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"more\": true}", "dnsguard: rows were left out here")]
    [InlineData("{\"more\": true, \"rows\": 17, \"exact\": true}", "dnsguard: 17 rows were left out here")]
    [InlineData("{\"more\": true, \"rows\": 99000, \"exact\": false}", "dnsguard: at least 99000 rows were left out here")]
    public async Task Rows_that_were_left_out_are_told(string dropped, string told)
    {
        await using var server = await Stranger.ServeAsync(http => AnswerAsync(http, [[$"event: dropped\ndata: {dropped}\n\n", Row(3)]]));

        var outcome = await RunAsync("log", "-f", "-n", "0", "-o", "name", "--server", server.Address);

        Assert.Equal("n3.example.com\n", outcome.Out);
        Assert.Contains(told, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_programs_each_row_is_a_line_of_JSON()
    {
        await using var server = await Stranger.ServeAsync(http => AnswerAsync(http, [[Row(3), ": still here\n\n", Row(4)]]));

        var lines = (await RunAsync("log", "-f", "-n", "1", "-o", "json", "--server", server.Address)).Out.TrimEnd('\n').Split('\n');

        Assert.Equal([2, 3, 4], lines.Select(line => (int)JsonNode.Parse(line)!["id"]!));
    }

    [Fact]
    public async Task Filters_reach_the_page_and_the_stream()
    {
        var asked = new List<string>();
        await using var server = await Stranger.ServeAsync(http =>
        {
            asked.Add(http.Request.QueryString.Value!);
            return AnswerAsync(http, []);
        });

        await RunAsync("log", "-f", "-g", "build", "--client", "10.0.0.0/8", "--response-code", "NXDOMAIN", "--min-duration", "5", "--server", server.Address);

        Assert.Equal(2, asked.Count);
        Assert.All(asked, query => Assert.StartsWith("?client=10.0.0.0%2F8&group=build&responseCode=NXDOMAIN&minDuration=5", query, StringComparison.Ordinal));
    }

    private static string Row(int id) => $"id: {id}\nevent: query\ndata: {Body(id)}\n\n";

    private static string Body(int id) => $$"""{"id":{{id}},"at":"2027-01-31T12:00:00Z","count":1,"client":"10.0.3.7","name":"n{{id}}.example.com","type":"A","outcome":"allowed","reason":"allowed","responseCode":"NOERROR","source":"cache","addresses":["192.0.2.1"]}""";

    // Two rows there are already, then one stream after another, then no more for this token.
    private async Task AnswerAsync(HttpContext http, string[][] streams)
    {
        if (http.Request.Path == "/api/v1/query-log")
        {
            await http.Response.WriteAsync($$"""{"items":[{{Body(2)}},{{Body(1)}}]}""");
            return;
        }

        _resumed.Add(http.Request.Headers["Last-Event-ID"]);
        Assert.Equal(http.Request.Query["after"], http.Request.Headers["Last-Event-ID"]);
        if (_resumed.Count > streams.Length)
        {
            http.Response.StatusCode = 401;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        foreach (var piece in streams[_resumed.Count - 1])
        {
            // In pieces that do not end where lines do.
            await http.Response.WriteAsync(piece[..5]);
            await http.Response.Body.FlushAsync();
            await http.Response.WriteAsync(piece[5..]);
        }
    }
}
