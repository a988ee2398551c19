using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Health;

/// <summary>Handlers for health, version and metrics. Probes need no token: they say nothing that a port scan would not.</summary>
internal sealed class HealthEndpoints(ControlServices services, MetricsText metrics)
{
    public static IResult Live() => Results.Text("ok\n");

    /// <summary>A failing target degrades the service; it does not take it out of rotation, or every node would go at once.</summary>
    public IResult Ready(HttpContext context)
    {
        if (!services.Readiness.IsReady)
            return Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        var troubled = services.Targets.Troubled;
        var line = troubled.Count == 0 ? "ready\n" : $"ready, degraded: {string.Join(", ", troubled)}\n";
        // With ?verbose every target by itself, and what is wrong with it.
        var details = context.Request.Query.ContainsKey("verbose") ? services.Targets.Targets.Select(target => $"target {target.Name} ({target.Kind}): {target.State}{(target.Detail is { } detail ? $": {detail}" : "")}\n") : [];
        return Results.Text(line + string.Concat(details));
    }

    public IResult Version() => Results.Json(new VersionBody(
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
        services.Live.Current.Revision));

    public IResult Metrics() => Results.Text(metrics.Write(), "text/plain; version=0.0.4");
}

/// <summary>What runs here.</summary>
/// <param name="Version">DnsGuard's version.</param>
/// <param name="Revision">The policy's revision.</param>
public sealed record VersionBody(string Version, long Revision);
