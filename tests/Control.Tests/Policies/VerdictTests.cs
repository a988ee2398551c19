using System.Net;

namespace DnsGuard.Control.Tests.Policies;

public sealed class VerdictTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private Api Api => shared.Node.Api;

    [Theory]
    [InlineData("10.0.3.7", "api.example.com", null, "allowed allowRule build - api tcp/80,tcp/443")]
    [InlineData("10.0.3.7", "API.Example.Com.", "AAAA", "allowed allowRule build - api tcp/80,tcp/443")]
    [InlineData("2001:db8::1", "github.com", "A", "allowed allowRule build github all-of-it tcp/80,tcp/443")]
    [InlineData("10.0.3.7", "codeload.github.com", "A", "allowed allowRule build github codeload tcp/443")]
    [InlineData("10.0.3.7", "gist.github.com", "A", "blocked denyRule build - gist -")]
    [InlineData("10.0.3.7", "nothing.example", "A", "blocked noRule build - - -")]
    [InlineData("10.0.3.7", "api.example.com", "TXT", "blocked typeNotAllowed build - - -")]
    [InlineData("10.0.4.1", "api.example.com", "A", "blocked noRule default - - -")]
    [InlineData("192.0.2.1", "api.example.com", "A", "refused unknownClient - - - -")]
    [InlineData("10.0.3.7", ".", "A", "blocked noRule build - - -")]
    [InlineData("10.0.3.7", "a\\.b.example", "TYPE65280", "blocked noRule build - - -")]
    public async Task A_question_is_judged_without_being_asked(string client, string name, string? type, string expected)
    {
        var question = new System.Text.Json.Nodes.JsonObject { ["client"] = client, ["name"] = name, ["type"] = type }.ToJsonString();

        var json = (await Api.SendAsync("POST", "/verdicts:test", question)).Expect(HttpStatusCode.OK).Json;

        var ports = json["ports"]?.AsArray().Select(port => (string)port!);
        Assert.Equal(expected, $"{json["outcome"]} {json["reason"]} {json["group"] ?? "-"} {json["list"] ?? "-"} {json["rule"]?["id"] ?? "-"} {(ports is null ? "-" : string.Join(',', ports))}");
        Assert.Equal(1, (int)json["revision"]!);
    }

    [Theory]
    [InlineData("""{}""", "bad-address")]
    [InlineData("""{"client":"10.0.3","name":"a.example"}""", "bad-address")]
    [InlineData("""{"client":"10.0.3.0/24","name":"a.example"}""", "bad-address")]
    [InlineData("""{"client":"10.0.3.7"}""", "bad-name")]
    [InlineData("""{"client":"10.0.3.7","name":"a..example"}""", "bad-name")]
    [InlineData("""{"client":"10.0.3.7","name":"a b"}""", "bad-name")]
    [InlineData("""{"client":"10.0.3.7","name":"a.example","type":"NONSENSE"}""", "bad-type")]
    public async Task A_question_that_makes_no_sense_is_refused(string question, string code) =>
        (await Api.SendAsync("POST", "/verdicts:test", question)).Expect(HttpStatusCode.UnprocessableEntity, code);
}
