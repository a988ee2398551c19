using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli;

/// <summary>Speaks to a server's REST API; whatever goes wrong is a <see cref="CliException"/> with the exit code for it.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int LargeBody = 1 << 20;

    private readonly HttpClient _http;

    /// <summary>Takes the server's address, a token where there is one, and how long an answer may take to begin: a minute where nothing is said.</summary>
    public ApiClient(Uri server, string? token, TimeSpan? patience = null)
    {
        var timeout = patience ?? TimeSpan.FromSeconds(60);
        var connection = new SocketsHttpHandler
        {
            ConnectTimeout = timeout < TimeSpan.FromSeconds(5) ? timeout : TimeSpan.FromSeconds(5),
            // Comments of revisions travel in a header, and people write in their own language.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        _http = new HttpClient(connection) { BaseAddress = server, Timeout = timeout };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where the server is.</summary>
    public Uri Server => _http.BaseAddress!;

    /// <summary>Reads a resource.</summary>
    public async Task<JsonNode> GetAsync(string path, CancellationToken cancel = default) => (await ExchangeAsync(HttpMethod.Get, path, null, null, cancel).ConfigureAwait(false)).Body!;

    /// <summary>Reads a resource and its ETag.</summary>
    public async Task<(JsonNode Body, string ETag)> GetTaggedAsync(string path)
    {
        var (body, tag) = await ExchangeAsync(HttpMethod.Get, path, null, null).ConfigureAwait(false);
        return (body!, tag ?? "*");
    }

    /// <summary>Sends something, with further headers of a request such as If-Match.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? body, string mediaType = "application/json", params (string Name, string? Value)[] headers) =>
        (await ExchangeAsync(method, path, body, mediaType, headers: headers).ConfigureAwait(false)).Body;

    /// <summary>Asks for something that comes in a stream; the caller disposes of it.</summary>
    public async Task<Stream> OpenAsync(HttpMethod method, string path, string? body, string accept, CancellationToken cancel, params (string Name, string? Value)[] headers)
    {
        using var request = Request(method, path, body, "application/json", [("Accept", accept), .. headers]);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Failure(response, await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
            return await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsUnreachable(failure, cancel))
        {
            throw Unreachable(failure);
        }
    }

    /// <summary>Is this how a server that has gone, or cannot be reached, shows?</summary>
    public static bool IsUnreachable(Exception failure, CancellationToken cancel) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested);

    /// <summary>What is said of such a server.</summary>
    public CliException Unreachable(Exception failure) =>
        new(ExitCode.Unreachable, $"{Server} cannot be reached: {failure.Message.TrimEnd('.')}. Is 'dnsguard serve' running, and is --server right?");

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(JsonNode? Body, string? ETag)> ExchangeAsync(HttpMethod method, string path, string? body, string? mediaType, CancellationToken cancel = default, params (string Name, string? Value)[] headers)
    {
        using var request = Request(method, path, body, mediaType, headers);
        try
        {
            using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Failure(response, text);
            return (text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.ToString());
        }
        catch (Exception failure) when (IsUnreachable(failure, cancel))
        {
            throw Unreachable(failure);
        }
        catch (JsonException failure)
        {
            throw new CliException(ExitCode.Unreachable, $"what {Server} answers is not the API's: {failure.Message.TrimEnd('.')}. Does --server name the control API of a DnsGuard?");
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body, string? mediaType, params ReadOnlySpan<(string Name, string? Value)> headers)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, mediaType!);
            // A policy that is too large, or that we may not change, is refused before it is sent: in the middle of it the reason would be lost.
            request.Headers.ExpectContinue = body.Length > LargeBody;
        }

        foreach (var (name, value) in headers)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static CliException Failure(HttpResponseMessage response, string text)
    {
        var status = (int)response.StatusCode;
        var code = status switch
        {
            401 or 403 => ExitCode.NotAuthorised,
            404 => ExitCode.NotFound,
            409 or 412 => ExitCode.Conflict,
            429 or >= 500 => ExitCode.Unreachable,
            _ => ExitCode.Usage,
        };
        return new CliException(code, Explain(text) ?? $"the server answered {status} {response.StatusCode}. Does --server name the control API of a DnsGuard?");
    }

    // The problem's own words, and every single thing that is wrong.
    private static string? Explain(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject problem)
                return null;
            var lines = new List<string> { (string?)problem["detail"] ?? "the server refused" };
            foreach (var error in problem["errors"] as JsonArray ?? [])
                lines.Add($"  {(error!["line"]!.GetValue<int>() > 0 ? $"line {error["line"]}: " : "")}{error["detail"]}. {error["cure"]}.");
            return string.Join('\n', lines);
        }
        catch (JsonException)
        {
            // Somebody else's page: the status is all there is to say.
            return null;
        }
    }
}
