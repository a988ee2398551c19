using System.Data.Common;
using System.Net;
using DnsGuard.Store;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Access;

/// <summary>Lets a request in or turns it away; writes down every change that was tried.</summary>
internal sealed class Gate(ControlServices services, Sessions sessions, RequestBudget budget, AccessMetrics metrics)
{
    private const string Bearer = "Bearer ";

    private readonly KeptAnswers _kept = new(services.Time);

    /// <summary>Wraps a route: only callers with the scope get through.</summary>
    public EndpointFilterDelegate Guard(string? scope, EndpointFilterDelegate next) => async context =>
    {
        var http = context.HttpContext;
        if (IsForeignSite(http.Request))
            return Problems.Of(StatusCodes.Status403Forbidden, "cross-site", "The request comes from another site's page", "Call the API from a program, or from the console itself");
        Caller? authenticated;
        try
        {
            authenticated = Authenticate(http);
        }
        catch (DbException failure)
        {
            return StoreFailed(failure);
        }

        if (budget.Take(authenticated?.Name ?? SourceOf(http)) is { Ticks: > 0 } wait)
            return TooMany(http, wait);
        if (authenticated is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Of(StatusCodes.Status401Unauthorized, "no-token", "The request carries no valid token", "Send 'Authorization: Bearer …'; make a token with 'dnsguard token create'");
        }

        http.Items[typeof(Caller)] = caller;
        var result = scope is null || caller.May(scope)
            ? await RunAsync(context, request => _kept.RunAsync(caller, request, next)).ConfigureAwait(false)
            : Problems.Of(StatusCodes.Status403Forbidden, "missing-scope", $"The token may not do this: it lacks the scope '{scope}'", "Use a token that has it");
        return Counted(http, IsQuestion(http.Request, scope) ? result : WriteDown(caller, http, result));
    };

    /// <summary>Wraps the one route that needs no token since it takes one.</summary>
    public EndpointFilterDelegate Watch(EndpointFilterDelegate next) => async context =>
    {
        var http = context.HttpContext;
        if (IsForeignSite(http.Request))
            return Problems.Of(StatusCodes.Status403Forbidden, "cross-site", "The request comes from another site's page", "Log in from the console itself");
        var source = SourceOf(http);
        if (budget.Take(source) is { Ticks: > 0 } wait)
            return TooMany(http, wait);
        http.Items[typeof(Caller)] = new Caller("nobody yet", [], source);
        var result = await RunAsync(context, next).ConfigureAwait(false);
        // Strangers must not be able to fill the audit log: it has logins that succeed.
        return Counted(http, CallerOf(http).Scopes.Count > 0 ? WriteDown(CallerOf(http), http, result) : result);
    };

    /// <summary>The caller that a guarded route was let in for.</summary>
    public static Caller CallerOf(HttpContext http) => (Caller)http.Items[typeof(Caller)]!;

    // Also what is asked by POST, and what would only be tried: the console asks that while people type.
    private static bool IsQuestion(HttpRequest request, string? scope) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || scope?.EndsWith(":read", StringComparison.Ordinal) == true
        // Every edit of the policy heeds it; elsewhere it would be a way past the audit log.
        || (scope == Scopes.PolicyWrite && request.Query["dryRun"] == "true");

    private static string SourceOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";

    // Not in the audit log: it would be flooded with them.
    private IResult TooMany(HttpContext http, TimeSpan wait)
    {
        metrics.CountRefused();
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many", "The caller sends more requests than 'control.requestsPerSecond' allows", "Wait as long as 'Retry-After' says; many rules go in one request with rules:batch, import or PUT /policy");
    }

    private static async ValueTask<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException refused)
        {
            return Problems.Of(refused.StatusCode, "body", $"The body cannot be taken: {refused.Message.TrimEnd('.')}", "Send all of it, and no more than 'control.maxBody' in dnsguard.yaml allows");
        }
        catch (StoreBusyException busy)
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return Problems.Of(StatusCodes.Status429TooManyRequests, "busy", busy.Message, "Ask again in a moment");
        }
        catch (DbException failure)
        {
            return StoreFailed(failure);
        }
    }

    private static IResult StoreFailed(DbException failure) =>
        Problems.Of(StatusCodes.Status503ServiceUnavailable, "store", $"The store failed: {failure.Message.TrimEnd('.')}", "Check the disk and try again");

    private object? WriteDown(Caller caller, HttpContext http, object? result)
    {
        try
        {
            services.Audit.Append(caller.Name, caller.Source, $"{http.Request.Method} {http.Request.Path}", Outcome(http, result));
            return result;
        }
        catch (DbException failure)
        {
            var unwritten = Problems.Of(StatusCodes.Status503ServiceUnavailable, "audit", $"It ended with {Outcome(http, result)}, but that could not be written down: {failure.Message.TrimEnd('.')}", "Check the disk, then look at what is in force");
            return KeptAnswers.Instead(result, unwritten);
        }
    }

    private object? Counted(HttpContext http, object? result)
    {
        if (Status(http, result) == StatusCodes.Status429TooManyRequests)
            metrics.CountRefused();
        if (result is KeptAnswer)
            metrics.CountRepeated();
        return result;
    }

    private static string Outcome(HttpContext http, object? result) => Status(http, result).ToString(System.Globalization.CultureInfo.InvariantCulture);

    // A handler that the framework did not call, since a parameter could not be read, leaves only the response's own code.
    private static int Status(HttpContext http, object? result) => (result as IStatusCodeHttpResult)?.StatusCode ?? http.Response.StatusCode;

    // A page of another site can make a browser send requests here. Browsers say so; programs do not send the header at all.
    private static bool IsForeignSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");

    private Caller? Authenticate(HttpContext http)
    {
        var source = http.Connection.RemoteIpAddress ?? IPAddress.None;
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.Ordinal))
        {
            return services.Tokens.Find(header[Bearer.Length..].Trim()) is { } token ? Caller.Of(token, source.ToString()) : null;
        }

        // A cookie comes along with whatever a browser sends. Only a page of our own can add a header to it.
        if ((HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || http.Request.Headers.ContainsKey(Sessions.WriteHeader)) && sessions.Find(http) is { } known)
            return Caller.Of(known, source.ToString());

        // Before the first token: whoever sits on this machine. The Host header must say so too, or a page could reach us by a name of its
        // own that it points to 127.0.0.1 (DNS rebinding).
        return IPAddress.IsLoopback(source) && IsLoopbackHost(http.Request.Host.Host) && !services.Tokens.Any()
            ? new Caller("loopback", [Scopes.Admin], source.ToString())
            : null;
    }

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
