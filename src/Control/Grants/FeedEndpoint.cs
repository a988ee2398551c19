using System.IO.Compression;
using System.Text;
using DnsGuard.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DnsGuard.Control.Grants;

/// <summary>Feeds as devices fetch them: again only when they changed, and packed where they can unpack.</summary>
internal sealed class FeedEndpoint(ControlServices services)
{
    private const string Basic = "Basic ";
    private const string PackedSuffix = "-gzip";

    // Below it the packed text is hardly shorter.
    private const int LeastPacked = 1_024;

    /// <summary>Answers a fetch.</summary>
    public IResult Read(HttpContext http, string target, string group, string? list)
    {
        if (ListOf(list) is not { } wanted)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-list", $"'{list}' is not a list", "Ask for addresses, ipv4, ipv6 or names");
        if (services.Targets.Feed(target, group, wanted) is not { } feed)
            return Problems.NotFound($"feed '{target}' for a group '{group}'");
        var text = Encoding.ASCII.GetBytes(string.Concat(feed.Lines.Select(line => line + "\n")));
        var isPacked = text.Length >= LeastPacked && TakesGzip(http.Request);
        var tag = $"\"{feed.ETag}{(isPacked ? PackedSuffix : "")}\"";
        (http.Response.Headers.ETag, http.Response.Headers.Vary, http.Response.Headers.CacheControl) = (tag, "Accept-Encoding", "no-cache");
        // A date that is still to come is none (RFC 9110 §8.8.2.1).
        if (feed.LastModified is { } since && since <= services.Time.GetUtcNow())
            http.Response.GetTypedHeaders().LastModified = since;
        if (IsKnown(http, feed))
            return Results.StatusCode(StatusCodes.Status304NotModified);
        if (!isPacked)
            return Results.Bytes(text, feed.ContentType);
        http.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(Pack(text), feed.ContentType);
    }

    /// <summary>Lets devices in that show the feed's own name and password, and everybody else through the usual gate.</summary>
    public EndpointFilterDelegate Guard(EndpointFilterDelegate gate, EndpointFilterDelegate next) => async context =>
    {
        var http = context.HttpContext;
        var target = http.Request.RouteValues["target"] as string ?? "";
        if (Credentials(http.Request) is var (username, password) && services.Targets.IsFeedReader(target, username, password))
            return await next(context).ConfigureAwait(false);
        var result = await gate(context).ConfigureAwait(false);
        // Most devices send a password only after they were asked for one.
        if (result is IStatusCodeHttpResult { StatusCode: StatusCodes.Status401Unauthorized } && services.Targets.HasFeedReader(target))
            http.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Basic realm=\"feeds\", charset=\"UTF-8\"");
        return result;
    };

    // Weak comparison, a list or *: proxies and devices send all of them (RFC 9110 §13.1.2). Dates count only where no tag is sent (§13.1.3).
    private static bool IsKnown(HttpContext http, FeedContent feed)
    {
        var headers = http.Request.GetTypedHeaders();
        if (headers.IfNoneMatch.Count > 0)
            return headers.IfNoneMatch.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Tag == $"\"{feed.ETag}\"" || one.Tag == $"\"{feed.ETag}{PackedSuffix}\"");
        return feed.LastModified is { } since && headers.IfModifiedSince is { } known && since <= known;
    }

    private static FeedList? ListOf(string? text) => text switch
    {
        null or "addresses" => FeedList.Addresses,
        "ipv4" => FeedList.IPv4,
        "ipv6" => FeedList.IPv6,
        "names" => FeedList.Names,
        _ => null,
    };

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(one => one.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && one.Quality is null or > 0);

    private static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(text);
        return packed.ToArray();
    }

    private static (string Username, string Password)? Credentials(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return null;
        var octets = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), octets, out var count))
            return null;
        var parts = Encoding.UTF8.GetString(octets, 0, count).Split(':', 2);
        return parts.Length == 2 ? (parts[0], parts[1]) : null;
    }
}
