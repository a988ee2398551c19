using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DnsGuard.Control.Tests;

/// <summary>A client that adds nothing of its own, so that a test sees what the server does with just what it sent.</summary>
internal sealed class Api(Uri address, string? token) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers: headers);

    public Task<Reply> EditAsync(string method, string path, string? body, string ifMatch = "*", string type = "application/json") =>
        SendAsync(method, path, body, type, ("If-Match", ifMatch));

    public async Task<Reply> SendAsync(string method, string path, string? body, string type = "application/json", params (string Name, string Value)[] headers)
    {
        // Under /api/v1 unless it says otherwise.
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : $"/api/v1{path}", UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            // A body that the server will not have is refused before it is sent, not in the middle of it.
            request.Headers.ExpectContinue = body.Length > 1 << 20;
        }

        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream has no end that could be waited for.
        var isEndless = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return new Reply(
            response.StatusCode, isEndless ? "" : await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, response.Headers.ETag?.ToString(),
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What came back.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, string? Type, string? ETag, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The problem's code, if this is a problem as RFC 9457 has it.</summary>
    public string Code => Type == "application/problem+json" ? (string?)Json["title"] ?? "a problem without a title" : $"{Type} {Text}";

    /// <summary>The codes of everything that is wrong with a body.</summary>
    public IEnumerable<string> Codes => Json["errors"]!.AsArray().Select(error => (string)error!["code"]!);

    /// <summary>The items of a page.</summary>
    public JsonArray Items => Json["items"]!.AsArray();

    public Reply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status} and got {(int)Status}: {Text}");
        return this;
    }

    /// <summary>Every refusal is a problem with a code, a sentence and nothing of the inside.</summary>
    public Reply Expect(HttpStatusCode status, string code)
    {
        Expect(status);
        Assert.Equal(code, Code);
        Assert.EndsWith(".", (string)Json["detail"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return this;
    }
}
