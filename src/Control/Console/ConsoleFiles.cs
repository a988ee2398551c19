using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Console;

/// <summary>The web console: the files that its build left beside the program, served to browsers.</summary>
/// <remarks>They hold nothing that is secret: what the console shows, it asks the API for, with the caller's own rights.</remarks>
public sealed class ConsoleFiles
{
    private const string Entry = "index.html";
    private const string Forever = "public, max-age=31536000, immutable";

    // Scripts, styles and connections of our own origin only, and nobody may frame it. Styles are files too: not even those may stand in the page.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, string> _files;

    /// <summary>Looks once what there is; files that appear later are not served.</summary>
    /// <param name="folder">Where the console lies; it may be absent.</param>
    public ConsoleFiles(string folder)
    {
        // A request picks from this list and never makes a path: there is no way out of the folder.
        _files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToFrozenDictionary(file => "/" + Path.GetRelativePath(folder, file))
            : FrozenDictionary<string, string>.Empty;
    }

    /// <summary>Answers what is the console's; everything else goes on.</summary>
    public Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not null || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
            return next(http);
        var path = http.Request.Path.Value ?? "/";
        if (_files.TryGetValue(path, out var file) && path != "/" + Entry)
            return SendAsync(http, file, path.StartsWith("/assets/", StringComparison.Ordinal) ? Forever : "no-cache");
        return IsPage(http.Request, path) ? SendEntryAsync(http) : next(http);
    }

    // The console's own addresses, such as /log?outcome=blocked, are known to its script only: a browser that opens one gets the page.
    private static bool IsPage(HttpRequest request, string path) =>
        path is "/" or "/" + Entry || (request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && !IsOthers(path));

    private static bool IsOthers(string path) =>
        path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/openapi", StringComparison.Ordinal) || path.StartsWith("/assets/", StringComparison.Ordinal)
        || path.StartsWith("/feeds/", StringComparison.Ordinal) || path == Https.DnsOverHttps.Path;

    private Task SendEntryAsync(HttpContext http)
    {
        if (_files.TryGetValue("/" + Entry, out var file))
            return SendAsync(http, file, "no-cache");
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync("The console was not built with this program; the API is at /api/v1, and described at /openapi/v1.json.\n", http.RequestAborted);
    }

    private static Task SendAsync(HttpContext http, string file, string caching)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = caching;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(file));
        var tag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{written.Ticks:x}\"");
        return Results.File(file, s_types.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream"), lastModified: written, entityTag: tag).ExecuteAsync(http);
    }
}
