using DnsGuard.Control.Access;
using DnsGuard.Control.Tests.OpenApi;

namespace DnsGuard.Control.Tests.Access;

public sealed class AuditTests : ControlTest
{
    [Fact]
    public async Task Every_change_that_was_tried_is_written_down_with_who_from_where_and_what_came_of_it()
    {
        using var api = Node.With(Scopes.Admin);
        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => !operation.IsRead && !operation.IsDoor && operation.Scope?.EndsWith(":read", StringComparison.Ordinal) != true))
        {
            var before = Node.Audit.List(long.MaxValue, 1_000).Count;

            var reply = await api.SendAsync(operation.Method, operation.Filled, "{}", headers: ("If-Match", "\"0\""));

            var entries = Node.Audit.List(long.MaxValue, 1_000);
            Assert.True(entries.Count == before + 1, $"{operation.Method} {operation.Path} left {entries.Count - before} entries");
            Assert.Equal($"{operation.Method} {operation.Filled[1..]}", entries[0].Action);
            Assert.Equal(((int)reply.Status).ToString(System.Globalization.CultureInfo.InvariantCulture), entries[0].Detail);
            Assert.Equal("127.0.0.1", entries[0].Source);
            Assert.Matches(@"^tester \(t-[0-9a-f]{10}\)$", entries[0].Actor);
        }

        Assert.Null(Node.Audit.FirstBroken());
    }

    [Fact]
    public async Task What_is_only_asked_or_tried_is_no_change()
    {
        (await Api.SendAsync("POST", "/verdicts:test", """{"client":"10.0.3.7","name":"a.example"}""")).Expect(System.Net.HttpStatusCode.OK);
        (await Api.EditAsync("POST", "/groups/build/rules?dryRun=true", """{"allow":"a.example"}""")).Expect(System.Net.HttpStatusCode.OK);
        (await Api.SendAsync("POST", "/policy:suggest", "{}")).Expect(System.Net.HttpStatusCode.OK);

        Assert.Empty(Node.Audit.List(long.MaxValue, 10));
    }

    [Fact]
    public async Task Nobody_gets_past_it_by_calling_a_change_a_trial()
    {
        (await Api.SendAsync("POST", "/cache:flush?dryRun=true", null)).Expect(System.Net.HttpStatusCode.NoContent);

        Assert.Equal("POST /api/v1/cache:flush", Assert.Single(Node.Audit.List(long.MaxValue, 10)).Action);
    }

    [Fact]
    public async Task A_change_that_a_token_may_not_make_is_written_down_too()
    {
        using var api = Node.With(Scopes.PolicyRead);

        await api.EditAsync("DELETE", "/groups/build", null);

        var entry = Assert.Single(Node.Audit.List(long.MaxValue, 10));
        Assert.Equal(("DELETE /api/v1/groups/build", "403"), (entry.Action, entry.Detail));
    }

    [Fact]
    public async Task A_change_that_ends_in_an_error_is_written_down_too()
    {
        await Api.EditAsync("PUT", "/policy", new string('x', 2 << 20), type: "application/yaml");

        Assert.Equal(("PUT /api/v1/policy", "413"), Assert.Single(Node.Audit.List(long.MaxValue, 10)) is var entry ? (entry.Action, entry.Detail) : default);
    }

    [Fact]
    public async Task A_change_that_could_not_be_written_down_is_told_to_whoever_made_it()
    {
        using (var connection = Node.Database.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "ALTER TABLE audit_log RENAME TO elsewhere";
            command.ExecuteNonQuery();
        }

        (await Api.SendAsync("POST", "/cache:flush", null)).Expect(System.Net.HttpStatusCode.ServiceUnavailable, "audit");

        Assert.Equal(1, Node.Flushes);
    }

    [Fact]
    public async Task Strangers_cannot_fill_it_and_readers_do_not()
    {
        using var api = Node.With(Scopes.Admin);
        await Api.EditAsync("DELETE", "/groups/build", null);
        await api.GetAsync("/policy");

        Assert.Empty(Node.Audit.List(long.MaxValue, 10));
    }

    [Fact]
    public async Task It_is_read_in_pages_from_the_newest_down()
    {
        for (var index = 0; index < 7; index++)
            Node.Audit.Append("me", "::1", $"PUT /{index}", "200");

        var first = await Api.GetAsync("/audit-log?limit=4");
        var second = await Api.GetAsync($"/audit-log?limit=4&cursor={first.Json["nextCursor"]}");

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], first.Items.Concat(second.Items).Select(entry => (int)entry!["id"]!));
        Assert.Null(second.Json["nextCursor"]);
    }
}
