using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DnsGuard.Store;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Access;

/// <summary>Logins of the console: a token is traded for a cookie that no script can read. In memory: a restart ends them all.</summary>
/// <param name="tokens">Whose end is a session's end too.</param>
/// <param name="time">The wall clock.</param>
public sealed class Sessions(TokenStore tokens, TimeProvider time)
{
    /// <summary>What a page must send with every write, since a cookie alone may be another site's doing.</summary>
    public const string WriteHeader = "X-DnsGuard";

    private const string Cookie = "dnsguard-session";
    private const int Most = 1_000;

    // A working day, and the lunch.
    private static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    // By hash of the secret: what is looked up with a guess tells nothing about it.
    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Used)> _sessions = new(StringComparer.Ordinal);

    /// <summary>Begins one; the answer carries its cookie.</summary>
    public void Begin(HttpContext http, Token token)
    {
        Forget();
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _sessions[Hash(secret)] = (token.Id, time.GetUtcNow());
        http.Response.Cookies.Append(Cookie, secret, Form(http));
    }

    /// <summary>Ends the one that the request belongs to.</summary>
    public void End(HttpContext http)
    {
        if (http.Request.Cookies.TryGetValue(Cookie, out var secret))
            _sessions.TryRemove(Hash(secret), out _);
        http.Response.Cookies.Delete(Cookie, Form(http));
    }

    /// <summary>The token behind the request's cookie, if both are still good.</summary>
    public Token? Find(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Cookie, out var secret) || !_sessions.TryGetValue(Hash(secret), out var session))
            return null;
        var now = time.GetUtcNow();
        if (now - session.Used > Idle || tokens.FindById(session.Token) is not { } token)
        {
            _sessions.TryRemove(Hash(secret), out _);
            return null;
        }

        _sessions[Hash(secret)] = (session.Token, now);
        return token;
    }

    // The oldest go when there are too many: whoever has a token can make as many as they like.
    private void Forget()
    {
        foreach (var old in _sessions.OrderByDescending(session => session.Value.Used).Skip(Most - 1).ToList())
            _sessions.TryRemove(old.Key, out _);
    }

    private static CookieOptions Form(HttpContext http) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/" };

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
