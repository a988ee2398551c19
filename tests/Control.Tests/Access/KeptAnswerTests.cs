using System.Globalization;
using System.Net;
using DnsGuard.Control.Access;
using DnsGuard.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Control.Tests.Access;

/// <summary>A POST that is sent again with its Idempotency-Key is answered again, and not done again.</summary>
public sealed class KeptAnswerTests : ControlTest
{
    private const string Rule = """{"allow": "once.example.com"}""";

    private int Rules => Node.Live.Current.Document.Groups.Single(group => group.Name == "build").Rules.Count;

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_and_changes_nothing()
    {
        var first = (await PostAsync("key-1")).Expect(HttpStatusCode.Created);
        var again = (await PostAsync("key-1")).Expect(HttpStatusCode.Created);

        Assert.Equal((first.Text, first.ETag, first.Type), (again.Text, again.ETag, again.Type));
        Assert.Equal(("true", false), (again.Headers["Idempotency-Replayed"], first.Headers.ContainsKey("Idempotency-Replayed")));
        Assert.Equal((2L, 3), (Node.Live.Current.Revision, Rules));
        var counted = Node.Parts.GetRequiredService<AccessMetrics>();
        Assert.Equal((0L, 1L), (counted.Refused, counted.Repeated));
        var text = (await Api.GetAsync("//metrics")).Expect(HttpStatusCode.OK).Text;
        Assert.Contains("# TYPE dnsguard_api_refused_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dnsguard_api_repeated_total counter\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_but_could_not_be_written_down_is_answered_so_again_and_not_done_again()
    {
        Sql("ALTER TABLE audit_log RENAME TO audit_log_away");
        var first = (await PostAsync("key")).Expect(HttpStatusCode.ServiceUnavailable, "audit");
        Sql("ALTER TABLE audit_log_away RENAME TO audit_log");

        var again = (await PostAsync("key")).Expect(HttpStatusCode.ServiceUnavailable, "audit");

        Assert.Equal((first.Text, first.Type, "true"), (again.Text, again.Type, again.Headers["Idempotency-Replayed"]));
        Assert.Contains("It ended with 201", again.Text, StringComparison.Ordinal);
        Assert.Equal((2L, 3), (Node.Live.Current.Revision, Rules));
        // It is the key's answer and nobody else's.
        (await PostAsync("other", """{"allow": "twice.example.com"}""")).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Another_body_or_path_with_the_same_key_is_refused()
    {
        (await PostAsync("key-1")).Expect(HttpStatusCode.Created);

        (await PostAsync("key-1", """{"allow": "twice.example.com"}""")).Expect(HttpStatusCode.UnprocessableEntity, "key-reused");
        (await PostAsync("key-1", path: "/lists/github/rules")).Expect(HttpStatusCode.UnprocessableEntity, "key-reused");
        (await PostAsync("key-1", path: "/groups/build/rules?dryRun=true")).Expect(HttpStatusCode.UnprocessableEntity, "key-reused");
        Assert.Equal(2, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_key_is_its_callers_and_lasts_a_day()
    {
        using var one = Node.With("policy:write");
        using var two = Node.With("policy:write");
        (await PostAsync("key", api: one)).Expect(HttpStatusCode.Created);
        (await PostAsync("key", """{"allow": "other.example.com"}""", api: two)).Expect(HttpStatusCode.Created);

        Node.Clock.Advance(TimeSpan.FromHours(23));
        Assert.True((await PostAsync("key", api: one)).Expect(HttpStatusCode.Created).Headers.ContainsKey("Idempotency-Replayed"));
        Node.Clock.Advance(TimeSpan.FromHours(2));
        // Tried anew, and the rule is there by now.
        (await PostAsync("key", api: one)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");
    }

    [Fact]
    public async Task What_was_refused_may_be_tried_again()
    {
        (await PostAsync("key", "{")).Expect(HttpStatusCode.BadRequest);
        (await PostAsync("key", ifMatch: "\"9\"")).Expect(HttpStatusCode.PreconditionFailed);
        (await PostAsync("key")).Expect(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("with a blank")]
    [InlineData("long")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        (await PostAsync(key == "long" ? new string('x', 256) : key)).Expect(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Of_fifty_equal_requests_at_once_one_is_done()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync("key")));

        Assert.Equal((2L, 3), (Node.Live.Current.Revision, Rules));
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, reply.Text));
        Assert.Single(replies, reply => reply.Status is HttpStatusCode.Created && !reply.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_token_that_was_made_is_made_once_and_an_empty_answer_is_kept_too()
    {
        var first = (await Api.SendAsync("POST", "/tokens", """{"name": "me", "scopes": ["admin"]}""", headers: ("Idempotency-Key", "k"))).Expect(HttpStatusCode.Created);
        using var admin = new Api(Node.Address, (string)first.Json["secret"]!);
        (await admin.SendAsync("POST", "/cache:flush", null, headers: ("Idempotency-Key", "flush"))).Expect(HttpStatusCode.NoContent);
        (await admin.SendAsync("POST", "/cache:flush", null, headers: ("Idempotency-Key", "flush"))).Expect(HttpStatusCode.NoContent);

        Assert.Equal(1, Node.Flushes);
    }

    [Fact]
    public async Task However_many_keys_there_are_the_memory_does_not_grow()
    {
        var kept = new KeptAnswers(new FakeClock());
        var body = new string('x', 100_000);
        for (var i = 0; i < 1_000; i++)
        {
            var http = new DefaultHttpContext { RequestServices = Services };
            http.Request.Method = "POST";
            http.Request.Headers["Idempotency-Key"] = i.ToString(CultureInfo.InvariantCulture);
            http.Response.Body = Stream.Null;
            var answer = await kept.RunAsync(new Caller("me", [], ""), EndpointFilterInvocationContext.Create(http), _ => ValueTask.FromResult<object?>(Results.Text(body)));
            await ((IResult)answer!).ExecuteAsync(http);
        }

        Assert.InRange(kept.Octets, 30L << 20, 33L << 20);
    }

    private static IServiceProvider Services { get; } = WebServices();

    private static IServiceProvider WebServices()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        return builder.Build().Services;
    }

    private void Sql(string change)
    {
        using var connection = Node.Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = change;
        command.ExecuteNonQuery();
    }

    private Task<Reply> PostAsync(string key, string body = Rule, string ifMatch = "*", string path = "/groups/build/rules", Api? api = null) =>
        (api ?? Api).SendAsync("POST", path, body, "application/json", ("If-Match", ifMatch), ("Idempotency-Key", key));
}
