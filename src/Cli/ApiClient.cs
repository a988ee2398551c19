using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli;

/// <summary>Speaks to a server's REST API; whatever goes wrong is a <see cref="CliException"/> with the exit code for it.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int LargeBody = 1 << 20;

    private readonly HttpClient _http;

    public ApiClient(Uri server, string? token)
    {
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Reads a resource.</summary>
    public async Task<JsonNode> GetAsync(string path) => (await ExchangeAsync(HttpMethod.Get, path, null, null, null).ConfigureAwait(false)).Body!;

    /// <summary>Reads a resource and its ETag.</summary>
    public async Task<(JsonNode Body, string ETag)> GetTaggedAsync(string path)
    {
        var (body, tag) = await ExchangeAsync(HttpMethod.Get, path, null, null, null).ConfigureAwait(false);
        return (body!, tag ?? "*");
    }

    /// <summary>Sends something, on top of a state if it is an edit.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? body, string mediaType = "application/json", string? ifMatch = null) =>
        (await ExchangeAsync(method, path, body, mediaType, ifMatch).ConfigureAwait(false)).Body;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(JsonNode? Body, string? ETag)> ExchangeAsync(HttpMethod method, string path, string? body, string? mediaType, string? ifMatch)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, mediaType!);
            // A policy that is too large, or that we may not change, is refused before it is sent: in the middle of it the reason would be lost.
            request.Headers.ExpectContinue = body.Length > LargeBody;
        }

        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        try
        {
            using var response = await _http.SendAsync(request).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Failure(response.StatusCode, text);
            return (text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.ToString());
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or System.Text.Json.JsonException)
        {
            throw new CliException(ExitCode.Unreachable, $"{_http.BaseAddress} cannot be reached: {failure.Message.TrimEnd('.')}. Is 'dnsguard serve' running, and is --server right?");
        }
    }

    private static CliException Failure(HttpStatusCode status, string text)
    {
        var code = (int)status switch
        {
            401 or 403 => ExitCode.NotAuthorised,
            404 => ExitCode.NotFound,
            409 or 412 => ExitCode.Conflict,
            >= 500 => ExitCode.Unreachable,
            _ => ExitCode.Usage,
        };
        return new CliException(code, Explain(text) ?? $"the server answered {(int)status} {status}");
    }

    // The problem's own words, and every single thing that is wrong.
    private static string? Explain(string text)
    {
        try
        {
            var problem = JsonNode.Parse(text);
            var lines = new List<string> { (string?)problem?["detail"] ?? "the server refused" };
            foreach (var error in problem?["errors"] as JsonArray ?? [])
                lines.Add($"  {(error!["line"]!.GetValue<int>() > 0 ? $"line {error["line"]}: " : "")}{error["detail"]}. {error["cure"]}.");
            return string.Join('\n', lines);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
