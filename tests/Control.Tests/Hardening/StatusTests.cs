using System.Net;
using DnsGuard.Control.Access;
using DnsGuard.Control.Tests.OpenApi;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Control.Tests.Hardening;

/// <summary>Every error that the API's description promises, from every operation that promises it.</summary>
public sealed class StatusTests : ControlTest
{
    // Names that nothing has, in each place where a name may stand.
    private static string Missing(Operation operation) => "//" + operation.Path.TrimStart('/').Replace("{number}", "99", StringComparison.Ordinal).Replace("{address}", "192.0.2.1", StringComparison.Ordinal)
        .Replace("{target}", "nowhere", StringComparison.Ordinal).Replace("{group}", "nowhere", StringComparison.Ordinal).Replace("{name}", "nowhere", StringComparison.Ordinal).Replace("{id}", "nothing", StringComparison.Ordinal);

    [Fact]
    public async Task Every_operation_that_names_something_says_404_where_there_is_no_such_thing()
    {
        var tried = 0;
        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => operation.Answers.Contains("404") && operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            // A whole list or group may be written under a new name.
            if (operation.Id is "writeGroup" or "writeList")
                continue;
            var body = operation.IsRead || operation.Method == "DELETE" ? null : operation.Id.Contains("batch", StringComparison.Ordinal) ? """{"remove": ["x"]}""" : operation.Path.EndsWith("rules", StringComparison.Ordinal) || operation.Id.EndsWith("Rule", StringComparison.Ordinal) ? """{"allow": "x.example.com"}""" : """{"comment": "x"}""";
            var reply = await Api.EditAsync(operation.Method, Missing(operation), body, type: operation.Method == "PATCH" ? "application/merge-patch+json" : "application/json");
            Assert.True(reply.Status is HttpStatusCode.NotFound, $"{operation.Id}: {reply.Status} {reply.Text}");
            reply.Expect(HttpStatusCode.NotFound, "not-found");
            tried++;
        }

        Assert.True(tried > 15, $"{tried}");
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task Every_edit_says_428_without_If_Match_412_when_stale_and_400_when_it_cannot_be_read()
    {
        foreach (var edit in (await Operations.ReadAsync(Node)).Where(operation => operation.Answers.Contains("428")))
        {
            var path = edit.Filled + (edit.Id == "importRules" ? "?format=plain&list=github" : "");
            var body = edit.Method == "DELETE" || edit.Id == "restoreRevision" ? null : """{"comment": "x"}""";
            var type = edit.Method == "PATCH" ? "application/merge-patch+json" : "application/json";
            Assert.Equal("428 if-match", await CodeAsync(edit, path, body, type, null));
            Assert.Equal("400 if-match", await CodeAsync(edit, path, body, type, "W/\"1\""));
            Assert.Equal("400 if-match", await CodeAsync(edit, path, body, type, "1"));
            Assert.Contains(await CodeAsync(edit, path, body, type, "\"9\""), new[] { "412 stale", "422 invalid" });
            if (body is not null)
                Assert.Equal("415 media-type", await CodeAsync(edit, path, body, "text/plain", "*"));
        }

        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_store_that_fails_is_503_and_changes_nothing()
    {
        Execute("DROP TABLE revisions");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Api.EditAsync("POST", "/groups/build/rules", """{"allow": "x.example.com"}""")).Status);
        Assert.Equal(1, Node.Live.Current.Revision);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Api.GetAsync("/policy/revisions")).Status);
        // What needs no store goes on.
        (await Api.GetAsync("/policy")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_store_that_cannot_say_who_is_asking_is_503_and_lets_nobody_in()
    {
        using var admin = Node.With(Scopes.Admin);
        Execute("ALTER TABLE tokens RENAME TO elsewhere");

        foreach (var api in new[] { Api, admin })
            (await api.GetAsync("/policy")).Expect(HttpStatusCode.ServiceUnavailable, "store");
        (await Api.SendAsync("POST", "/session", """{"token": "dg_x"}""")).Expect(HttpStatusCode.ServiceUnavailable, "store");
    }

    [Theory]
    [InlineData("application/json; charset=nonsense", "{}")]
    [InlineData("application/json; charset=utf-7", "{}")]
    [InlineData("application/json; charset=utf-16", "{}x")]
    [InlineData("application/json; charset=utf-16", "{\uD83D\uDE00}")]
    [InlineData("application/json; charset=us-ascii", "{\"token\": \"é\"}")]
    [InlineData("application/json", "{\"token\": \"\\ud800\"}")]
    [InlineData("application/json", "{\"token\": \"\\udc00\\ud800\"}")]
    [InlineData("application/json", "\uFEFF{}")]
    [InlineData("application/json", "")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "null")]
    [InlineData("application/json", "{\"name\": \"x\", \"scopes\": [null], \"expires\": \"0001-01-01T00:00:00+14:00\"}")]
    [InlineData("application/json", "{\"name\": \"x\", \"scopes\": [null], \"expires\": \"9999-12-31T23:59:59-14:00\"}")]
    [InlineData("application/json", "{\"name\": \"x\", \"scopes\": [null], \"expires\": \"2027-01-01T00:00:00+99:00\"}")]
    public async Task A_small_body_that_cannot_be_read_is_the_callers_fault(string type, string body)
    {
        foreach (var path in new[] { "/tokens", "/session" })
        {
            var reply = await Api.SendAsync("POST", path, body, type);
            Assert.True((int)reply.Status is 400 or 401 or 415 or 422, $"{path}: {reply.Status} {reply.Text}");
            Assert.Equal("application/problem+json", reply.Type);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413_whoever_sends_it_and_wherever()
    {
        await using var node = await ControlNode.StartAsync(maxBody: 4_096);
        var large = new string(' ', 5_000);
        foreach (var operation in (await Operations.ReadAsync(node)).Where(operation => operation.Method is "PUT" or "PATCH" || operation.Id is "createGroup" or "createListRule" or "importRules" or "testVerdict" or "createToken" or "login"))
        {
            var path = operation.Filled + (operation.Id == "importRules" ? "?format=plain&list=github" : "");
            var reply = await node.Api.EditAsync(operation.Method, path, large, type: operation.Method == "PATCH" ? "application/merge-patch+json" : "application/json");
            Assert.True(reply.Status is HttpStatusCode.RequestEntityTooLarge, $"{operation.Id}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task Every_operation_but_the_login_needs_a_token()
    {
        using var admin = Node.With(Scopes.Admin);
        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => operation.Id is not ("login" or "logout")))
            Assert.Equal("401 no-token", await CodeAsync(operation, operation.Filled, null, "application/json", "*"));
    }

    private void Execute(string change)
    {
        using var connection = new SqliteConnection($"Data Source={Node.Database.Path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = change;
        command.ExecuteNonQuery();
    }

    private async Task<string> CodeAsync(Operation operation, string path, string? body, string type, string? ifMatch)
    {
        var reply = await Api.SendAsync(operation.Method, path, body, type, ifMatch is null ? [] : [("If-Match", ifMatch)]);
        return $"{(int)reply.Status} {reply.Code}";
    }
}
