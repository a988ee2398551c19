using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using DnsGuard.TestKit;

namespace DnsGuard.Host.Tests.Running;

/// <summary>DNS over HTTPS (RFC 8484), as the executable serves it.</summary>
public sealed class HttpsTests : IDisposable
{
    private const string MediaType = "application/dns-message";

    private static readonly byte[] Localhost = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, .. "localhost"u8, 0, 0, 1, 0, 1];

    private readonly GuardProcess _guard = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _guard.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_query_is_answered_by_GET_and_by_POST_for_as_long_as_its_TTL()
    {
        await StartAsync("doh: true");
        using var got = await _http.GetAsync(_guard.Url($"/dns-query?dns={Base64Url.EncodeToString(Localhost)}"));
        using var posted = await PostAsync(_guard.Url("/dns-query"), Localhost, MediaType);
        foreach (var response in new[] { got, posted })
        {
            Assert.Equal((HttpStatusCode.OK, MediaType), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
            Assert.Equal([127, 0, 0, 1], (await response.Content.ReadAsByteArrayAsync())[^4..]);
            Assert.Equal(TimeSpan.FromHours(1), response.Headers.CacheControl!.MaxAge);
        }

        await _guard.UntilAsync(async () => (await _guard.TextAsync("/api/v1/query-log")).Contains("\"transport\":\"https\"", StringComparison.Ordinal), "a line of the query log");
    }

    [Fact]
    public async Task What_is_no_query_is_refused_with_the_reason()
    {
        await StartAsync("doh: true");
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync(_guard.Url("/dns-query"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync(_guard.Url("/dns-query?dns=*"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync(_guard.Url("/dns-query?dns=AAAA"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(_guard.Url("/dns-query"), Localhost, "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(_guard.Url("/dns-query"), new byte[5_000], MediaType)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.PutAsync(_guard.Url("/dns-query"), null)).StatusCode);
    }

    [Fact]
    public async Task Where_it_is_not_wanted_there_is_nothing_and_an_address_of_its_own_has_nothing_else()
    {
        var own = Ports.Free();
        await StartAsync($"dohListen: [\"127.0.0.1:{own}\"]");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(_guard.Url($"/dns-query?dns={Base64Url.EncodeToString(Localhost)}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri($"http://127.0.0.1:{own}/dns-query?dns={Base64Url.EncodeToString(Localhost)}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri($"http://127.0.0.1:{own}/api/v1/policy"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri($"http://127.0.0.1:{own}/metrics"))).StatusCode);
    }

    [Fact]
    public void Beyond_this_machine_it_is_refused_without_a_certificate()
    {
        Start("dohListen: [\"0.0.0.0:4430\"]");
        Assert.Equal(2, _guard.Ended());
        Assert.Contains("DNS over HTTPS may not listen on 0.0.0.0:4430 without TLS", _guard.Err, StringComparison.Ordinal);
    }

    private Task<GuardProcess> StartAsync(string control) => Start(control).ReadyAsync();

    private GuardProcess Start(string control) =>
        _guard.Start(_guard.Config().Replace($"\"127.0.0.1:{_guard.ControlPort}\"", $"\"127.0.0.1:{_guard.ControlPort}\", {control}", StringComparison.Ordinal));

    private async Task<HttpResponseMessage> PostAsync(Uri uri, byte[] body, string type)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await _http.PostAsync(uri, content);
    }
}
