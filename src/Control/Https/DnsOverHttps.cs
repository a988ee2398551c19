using System.Buffers.Text;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Https;

/// <summary>DNS over HTTPS (RFC 8484): a query in, a response out. Who may ask what is the policy's business, as for every query; no token is needed.</summary>
internal sealed class DnsOverHttps(ControlOptions options, ControlServices services)
{
    /// <summary>The path of RFC 8484's examples, which every client can be told.</summary>
    public const string Path = "/dns-query";

    private const string MediaType = "application/dns-message";
    private const int MaxQueryOctets = 4_096;

    /// <summary>May a request go on? At the addresses for DNS there is nothing else; at the API's address there is DNS only where that is wanted.</summary>
    public bool MayPass(HttpContext http)
    {
        var isForDns = options.DohListen.Any(endpoint => endpoint.Port == http.Connection.LocalPort) && http.Connection.LocalPort != options.Listen.Port;
        return http.Request.Path == Path ? isForDns || options.Doh : !isForDns;
    }

    /// <summary>GET, with the query in <c>dns</c> (RFC 8484 §4.1).</summary>
    public Task<IResult> GetAsync(HttpContext http)
    {
        var text = http.Request.Query["dns"].ToString();
        var query = new byte[MaxQueryOctets];
        return text.Length is > 0 and < MaxQueryOctets && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, query, out var octets)
            ? AnswerAsync(http, query.AsMemory(0, octets))
            : Refuse(StatusCodes.Status400BadRequest, "bad-query", "The parameter 'dns' is no query in base64url", "Send ?dns= with an unpadded base64url query");
    }

    /// <summary>POST, with the query as the body.</summary>
    public async Task<IResult> PostAsync(HttpContext http)
    {
        if (http.Request.ContentType?.Split(';')[0].Trim() != MediaType)
            return await Refuse(StatusCodes.Status415UnsupportedMediaType, "media-type", "The body is no DNS message", $"Send Content-Type: {MediaType}").ConfigureAwait(false);
        var query = new byte[MaxQueryOctets + 1];
        var octets = await http.Request.Body.ReadAtLeastAsync(query, query.Length, throwOnEndOfStream: false, http.RequestAborted).ConfigureAwait(false);
        return octets > MaxQueryOctets
            ? await Refuse(StatusCodes.Status413PayloadTooLarge, "too-large", "The query is too long", $"No query needs more than {MaxQueryOctets} octets").ConfigureAwait(false)
            : await AnswerAsync(http, query.AsMemory(0, octets)).ConfigureAwait(false);
    }

    private static Task<IResult> Refuse(int status, string type, string title, string detail) => Task.FromResult(Problems.Of(status, type, title, detail));

    private async Task<IResult> AnswerAsync(HttpContext http, ReadOnlyMemory<byte> query)
    {
        if (query.Length < MessageHeader.Octets || http.Connection.RemoteIpAddress is not { } address)
            return await Refuse(StatusCodes.Status400BadRequest, "bad-query", "The query is shorter than a header", "Send a DNS message").ConfigureAwait(false);
        var response = await services.Answer(query, InternetAddress.From(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address), http.RequestAborted).ConfigureAwait(false);
        if (response.Length == 0)
            return await Refuse(StatusCodes.Status429TooManyRequests, "no-answer", "The query was not answered", "Ask more slowly").ConfigureAwait(false);
        http.Response.Headers.CacheControl = MaxAge(response) is { } seconds ? $"private, max-age={seconds}" : "no-store";
        return Results.Bytes(response, MediaType);
    }

    // RFC 8484 §5.1: no longer fresh than the shortest TTL in the answer section, or than the SOA of a negative answer.
    private static uint? MaxAge(ReadOnlySpan<byte> response)
    {
        Span<byte> name = stackalloc byte[byte.MaxValue];
        if (MessageReader.Open(response, out var reader) is not ParseError.None || reader.Header.Questions == 0 || reader.ReadQuestion(name, out _, out _, out _) is not ParseError.None)
            return null;
        uint? least = null;
        for (var i = 0; i < reader.Header.Answers + reader.Header.Authorities; i++)
        {
            if (reader.ReadRecord(out var record) is not ParseError.None)
                return null;
            least = Math.Min(least ?? uint.MaxValue, record.Ttl);
        }

        return least;
    }
}
