using DnsGuard.Control.Policies;
using DnsGuard.Store;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Access;

/// <summary>Handlers for tokens, the audit log, and who is asking.</summary>
internal sealed class AccessEndpoints(ControlServices services, Sessions sessions)
{
    public static IResult WhoAmI(HttpContext http)
    {
        var caller = Gate.CallerOf(http);
        return Results.Json(new WhoAmIBody(caller.Name, caller.Scopes, caller.Source));
    }

    public async Task<IResult> Login(HttpContext http)
    {
        var (login, refusal) = await Requests.ReadJsonAsync<Login>(http.Request).ConfigureAwait(false);
        if (login is null)
            return refusal!;
        if (services.Tokens.Find(login.Token?.Trim() ?? "") is not { } token)
            return Problems.Of(StatusCodes.Status401Unauthorized, "bad-token", "The token is not known, has expired or was revoked", "Make one with 'dnsguard token create'");
        sessions.Begin(http, token);
        var caller = Caller.Of(token, Gate.CallerOf(http).Source);
        http.Items[typeof(Caller)] = caller;
        return Results.Json(new WhoAmIBody(caller.Name, caller.Scopes, caller.Source));
    }

    public IResult Logout(HttpContext http)
    {
        if (sessions.Find(http) is { } token)
            http.Items[typeof(Caller)] = Caller.Of(token, Gate.CallerOf(http).Source);
        sessions.End(http);
        return Results.NoContent();
    }

    public IResult ListTokens() => Results.Json(new Page<Token>(services.Tokens.List()));

    public async Task<IResult> CreateToken(HttpContext http)
    {
        var (request, refusal) = await Requests.ReadJsonAsync<NewToken>(http.Request).ConfigureAwait(false);
        return request is null ? refusal! : Create(request);
    }

    public IResult RevokeToken(string id) => services.Tokens.Revoke(id) ? Results.NoContent() : Problems.NotFound($"token '{id}' that is still good");

    public IResult ListAudit(long? cursor, int? limit) =>
        Paging.Of(services.Audit.List(cursor ?? long.MaxValue, Paging.Limit(limit)), Paging.Limit(limit), entry => entry.Id, entry => entry);

    private IResult Create(NewToken request)
    {
        var scopes = request.Scopes ?? [];
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 100)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "missing-key", "'name' is missing or longer than 100 characters", "Say who or what the token is for");
        // It goes into the audit log and onto terminals.
        if (request.Name.Any(char.IsControl))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-name", "'name' has control characters", "Use plain text on one line");
        if (request.Expires <= services.Time.GetUtcNow())
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-expiry", "'expires' has passed", "Give a moment to come, or leave it out");
        if (scopes.Count == 0 || scopes.Except(Scopes.All).Any())
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-scope", "'scopes' is empty or names one that does not exist", $"Use some of {string.Join(", ", Scopes.All)}");
        // The first token ends the trust in loopback; if it could not make others, nobody could ever again.
        if (!services.Tokens.Any() && !scopes.Contains(Scopes.Admin))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-scope", "The first token must have the scope 'admin'", "Make an admin token first, then others with it");
        var (token, secret) = services.Tokens.Create(request.Name, scopes, request.Expires);
        return Results.Json(new CreatedToken(token.Id, token.Name, token.Scopes, token.Expires, secret), statusCode: StatusCodes.Status201Created);
    }
}

/// <summary>Who is asking.</summary>
/// <param name="Name">The token's name and id, or <c>loopback</c>.</param>
/// <param name="Scopes">What they may do.</param>
/// <param name="Source">From which address.</param>
public sealed record WhoAmIBody(string Name, IReadOnlyList<string> Scopes, string Source);

/// <summary>A token to log in with.</summary>
/// <param name="Token">Its secret.</param>
public sealed record Login(string? Token);

/// <summary>A token to be made.</summary>
/// <param name="Name">Who or what it is for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Expires">From when it is no longer good; absent for never.</param>
public sealed record NewToken(string? Name, IReadOnlyList<string>? Scopes, DateTimeOffset? Expires);

/// <summary>A token that was made.</summary>
/// <param name="Id">What it is called by.</param>
/// <param name="Name">Who or what it is for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Expires">From when it is no longer good.</param>
/// <param name="Secret">The secret: shown this once.</param>
public sealed record CreatedToken(string Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? Expires, string Secret);
