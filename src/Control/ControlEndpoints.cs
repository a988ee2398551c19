using DnsGuard.Control.Access;
using DnsGuard.Control.Grants;
using DnsGuard.Control.Health;
using DnsGuard.Control.Https;
using DnsGuard.Control.Policies;
using DnsGuard.Control.QueryLogs;
using DnsGuard.Control.WhatIf;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DnsGuard.Control;

/// <summary>★ Every route on one screen.</summary>
internal static class ControlEndpoints
{
    public static void Map(IEndpointRouteBuilder app, ControlOptions options, ControlServices services, MetricsText metrics, AccessMetrics accessMetrics, DnsOverHttps doh)
    {
        var policy = new PolicyEndpoints(services);
        var exchange = new ExchangeEndpoints(services);
        var log = new QueryLogEndpoints(services);
        var whatIf = new WhatIfEndpoints(services);
        var stats = new StatsEndpoints(services);
        var grants = new GrantEndpoints(services);
        var feeds = new FeedEndpoint(services);
        var sessions = new Sessions(services.Tokens, services.Time);
        var access = new AccessEndpoints(services, sessions);
        var health = new HealthEndpoints(services, metrics);
        var gate = new Gate(services, sessions, new RequestBudget(options.RequestsPerSecond, services.Time), accessMetrics);
        var api = app.MapGroup("/api/v1");

        app.MapGet("/livez", HealthEndpoints.Live).WithName("live").ExcludeFromDescription();
        app.MapGet("/readyz", health.Ready).WithName("ready").ExcludeFromDescription();
        app.MapGet("/metrics", health.Metrics).WithName("metrics").ExcludeFromDescription();
        app.MapGet(DnsOverHttps.Path, (Delegate)doh.GetAsync).WithName("dnsQuery").ExcludeFromDescription();
        app.MapPost(DnsOverHttps.Path, (Delegate)doh.PostAsync).WithName("dnsQueryPost").ExcludeFromDescription();
        // Once more for HEAD: an operation in the API's description has one method.
        app.MapGet("/feeds/{target}/{group}", feeds.Read).Needs(gate, Scopes.GrantsRead, feeds.Guard).WithName("readFeed").Produces<string>(contentType: "text/plain").NotFound().Invalid();
        app.MapMethods("/feeds/{target}/{group}", [HttpMethods.Head], feeds.Read).Needs(gate, Scopes.GrantsRead, feeds.Guard).WithName("lookAtFeed").ExcludeFromDescription();

        api.MapGet("/policy", policy.ReadPolicy).Needs(gate, Scopes.PolicyRead).WithName("readPolicy").Produces<PolicyBody>();
        api.MapPut("/policy", (Delegate)policy.WritePolicy).Needs(gate, Scopes.PolicyWrite).WithName("writePolicy").Edits<PolicyBody>();
        api.MapGet("/policy/revisions", policy.ListRevisions).Needs(gate, Scopes.PolicyRead).WithName("listRevisions").Produces<Page<RevisionBody>>();
        api.MapGet("/policy/revisions/{number:long}", policy.ReadRevision).Needs(gate, Scopes.PolicyRead).WithName("readRevision").Produces<RevisionBody>().NotFound();
        api.MapGet("/policy/revisions/{number:long}/changes", policy.CompareRevisions).Needs(gate, Scopes.PolicyRead).WithName("compareRevisions").Produces<ComparisonBody>().NotFound();
        api.MapPost("/policy/revisions/{number:long}:restore", policy.RestoreRevision).Needs(gate, Scopes.PolicyWrite).WithName("restoreRevision").Edits();
        api.MapPost("/verdicts:test", (Delegate)policy.TestVerdict).Needs(gate, Scopes.PolicyRead).WithName("testVerdict").Accepts<VerdictQuestion>("application/json").Produces<VerdictBody>().Invalid();

        api.MapPost("/policy:simulate", (Delegate)whatIf.SimulateAsync).Needs(gate, Scopes.QueryLogRead).WithName("simulatePolicy").Accepts<SimulationRequest>("application/json").Produces<SimulationBody>().Invalid();
        api.MapPost("/policy:suggest", (Delegate)whatIf.SuggestAsync).Needs(gate, Scopes.QueryLogRead).WithName("suggestRules").Accepts<SuggestionRequest>("application/json").Produces<SuggestionsBody>().Invalid();
        api.MapGet("/policy:review", whatIf.ReviewAsync).Needs(gate, Scopes.QueryLogRead).WithName("reviewRules").Produces<ReviewBody>().Invalid();
        api.MapPost("/import", (Delegate)exchange.Import).Needs(gate, Scopes.PolicyWrite).WithName("importRules").Accepts<string>("application/octet-stream", "application/json", "application/yaml").Edits(produces: typeof(ImportBody)).AddOpenApiOperationTransformer(ApiDocument.DescribeImport);
        api.MapGet("/export", exchange.Export).Needs(gate, Scopes.PolicyRead).WithName("exportRules").Produces<ExportBody>().NotFound().Invalid().AddOpenApiOperationTransformer(ApiDocument.DescribeExchange);

        MapNamed<GroupBody>(api, "groups", "Group", isGroup: true, policy, gate);
        MapNamed<ListBody>(api, "lists", "List", isGroup: false, policy, gate);

        api.MapGet("/query-log", log.SearchAsync).Needs(gate, Scopes.QueryLogRead).WithName("searchQueryLog").Produces<Page<QueryLogBody>>().Invalid();
        api.MapGet("/query-log/stream", log.StreamAsync).Needs(gate, Scopes.QueryLogRead).WithName("followQueryLog").Produces<string>(contentType: "text/event-stream").Invalid().AddOpenApiOperationTransformer(ApiDocument.DescribeStream);
        api.MapGet("/query-log:export", log.ExportAsync).Needs(gate, Scopes.QueryLogRead).WithName("exportQueryLog").Produces<string>(contentType: "application/x-ndjson").Invalid();
        api.MapGet("/stats/summary", stats.SummaryAsync).Needs(gate, Scopes.QueryLogRead).WithName("readSummary").Produces<SummaryBody>().Invalid();
        api.MapGet("/stats/timeseries", stats.TimeseriesAsync).Needs(gate, Scopes.QueryLogRead).WithName("readTimeseries").Produces<TimeseriesBody>().Invalid();
        api.MapGet("/stats/top", stats.TopAsync).Needs(gate, Scopes.QueryLogRead).WithName("readTop").Produces<Page<TopBody>>().Invalid();
        api.MapGet("/stats/recent-blocked", stats.RecentBlockedAsync).Needs(gate, Scopes.QueryLogRead).WithName("readRecentBlocked").Produces<Page<RecentBlockedBody>>().Invalid();

        api.MapGet("/tunnels", log.Tunnels).Needs(gate, Scopes.QueryLogRead).WithName("listTunnels").Produces<Page<TunnelBody>>();

        api.MapGet("/grants", grants.List).Needs(gate, Scopes.GrantsRead).WithName("listGrants").Produces<Page<GrantBody>>().Invalid();
        api.MapPost("/grants/{id}:revoke", grants.Revoke).Needs(gate, Scopes.GrantsWrite).WithName("revokeGrant").Produces(StatusCodes.Status202Accepted).NotFound();
        api.MapGet("/addresses/{address}", grants.Explain).Needs(gate, Scopes.GrantsRead).WithName("explainAddress").Produces<AddressBody>().Invalid();
        api.MapGet("/targets", grants.ListTargets).Needs(gate, Scopes.TargetsRead).WithName("listTargets").Produces<Page<TargetStatus>>();
        api.MapGet("/targets/{name}", grants.ReadTarget).Needs(gate, Scopes.TargetsRead).WithName("readTarget").Produces<TargetStatus>().NotFound();
        api.MapPost("/targets/{name}:reconcile", grants.Reconcile).Needs(gate, Scopes.TargetsWrite).WithName("reconcileTarget").Produces(StatusCodes.Status202Accepted).NotFound();

        api.MapPost("/session", (Delegate)access.Login).Watched(gate, "Needs no token, since it takes one. With the cookie that it sets every write needs the header X-DnsGuard.").WithName("login").Accepts<Login>("application/json").Produces<WhoAmIBody>();
        api.MapDelete("/session", access.Logout).Watched(gate, "Needs no token. Ends the session of the cookie.").WithName("logout").Produces(StatusCodes.Status204NoContent);
        api.MapGet("/whoami", AccessEndpoints.WhoAmI).Needs(gate, scope: null).WithName("whoAmI").Produces<WhoAmIBody>();
        api.MapGet("/tokens", access.ListTokens).Needs(gate, Scopes.Admin).WithName("listTokens").Produces<Page<Token>>();
        api.MapPost("/tokens", (Delegate)access.CreateToken).Needs(gate, Scopes.Admin).WithName("createToken").Accepts<NewToken>("application/json").Produces<CreatedToken>(StatusCodes.Status201Created).Invalid();
        api.MapDelete("/tokens/{id}", access.RevokeToken).Needs(gate, Scopes.Admin).WithName("revokeToken").Produces(StatusCodes.Status204NoContent).NotFound();
        api.MapGet("/audit-log", access.ListAudit).Needs(gate, Scopes.AuditRead).WithName("listAuditLog").Produces<Page<AuditEntry>>();
        api.MapGet("/version", health.Version).Needs(gate, scope: null).WithName("readVersion").Produces<VersionBody>();
        api.MapPost("/cache:flush", () => Flush(services)).Needs(gate, Scopes.Admin).WithName("flushCache").Produces(StatusCodes.Status204NoContent);
    }

    // Groups and lists hold rules alike; only the body of the holder differs.
    private static void MapNamed<TBody>(RouteGroupBuilder api, string path, string kind, bool isGroup, PolicyEndpoints policy, Gate gate)
        where TBody : notnull
    {
        var rules = $"/{path}/{{name}}/rules";
        api.MapGet($"/{path}", (HttpContext http) => policy.ListNamed(http, isGroup)).Needs(gate, Scopes.PolicyRead).WithName($"list{kind}s").Produces<Page<TBody>>();
        api.MapPost($"/{path}", (Delegate)((HttpContext http) => policy.CreateNamed(http, isGroup))).Needs(gate, Scopes.PolicyWrite).WithName($"create{kind}").Edits<TBody>(StatusCodes.Status201Created);
        api.MapGet($"/{path}/{{name}}", (HttpContext http, string name) => policy.ReadNamed(http, isGroup, name)).Needs(gate, Scopes.PolicyRead).WithName($"read{kind}").Produces<TBody>().NotFound();
        api.MapPut($"/{path}/{{name}}", (HttpContext http, string name) => policy.WriteNamed(http, isGroup, name)).Needs(gate, Scopes.PolicyWrite).WithName($"write{kind}").Edits<TBody>();
        api.MapPatch($"/{path}/{{name}}", (HttpContext http, string name) => policy.PatchNamed(http, isGroup, name)).Needs(gate, Scopes.PolicyWrite).WithName($"change{kind}").Edits<TBody>();
        api.MapDelete($"/{path}/{{name}}", (HttpContext http, string name) => policy.DeleteNamed(http, isGroup, name)).Needs(gate, Scopes.PolicyWrite).WithName($"delete{kind}").Edits();
        api.MapGet(rules, (HttpContext http, string name) => policy.ListRules(http, isGroup, name)).Needs(gate, Scopes.PolicyRead).WithName($"list{kind}Rules").Produces<Page<RuleBody>>().NotFound();
        api.MapPost(rules, (HttpContext http, string name) => policy.CreateRule(http, isGroup, name)).Needs(gate, Scopes.PolicyWrite).WithName($"create{kind}Rule").Edits<RuleBody>(StatusCodes.Status201Created);
        api.MapPost($"{rules}:batch", (HttpContext http, string name) => policy.BatchRules(http, isGroup, name)).Needs(gate, Scopes.PolicyWrite).WithName($"batch{kind}Rules").Edits<RuleBatch>();
        api.MapGet($"{rules}/{{id}}", (HttpContext http, string name, string id) => policy.ReadRule(http, isGroup, name, id)).Needs(gate, Scopes.PolicyRead).WithName($"read{kind}Rule").Produces<RuleBody>().NotFound();
        api.MapPut($"{rules}/{{id}}", (HttpContext http, string name, string id) => policy.WriteRule(http, isGroup, name, id)).Needs(gate, Scopes.PolicyWrite).WithName($"write{kind}Rule").Edits<RuleBody>();
        api.MapPatch($"{rules}/{{id}}", (HttpContext http, string name, string id) => policy.PatchRule(http, isGroup, name, id)).Needs(gate, Scopes.PolicyWrite).WithName($"change{kind}Rule").Edits<RuleBody>();
        api.MapDelete($"{rules}/{{id}}", (HttpContext http, string name, string id) => policy.DeleteRule(http, isGroup, name, id)).Needs(gate, Scopes.PolicyWrite).WithName($"delete{kind}Rule").Edits();
    }

    private static IResult Flush(ControlServices services)
    {
        services.FlushCaches();
        return Results.NoContent();
    }

    private static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Gate gate, string? scope, Func<EndpointFilterDelegate, EndpointFilterDelegate, EndpointFilterDelegate>? sideDoor = null) => route
        .AddEndpointFilterFactory((_, next) => sideDoor is null ? gate.Guard(scope, next) : sideDoor(gate.Guard(scope, next), next))
        .WithDescription(scope is null ? "Needs any token." : $"Needs the scope {scope}.")
        .Refuses();

    private static RouteHandlerBuilder Watched(this RouteHandlerBuilder route, Gate gate, string description) =>
        route.AddEndpointFilterFactory((_, next) => gate.Watch(next)).WithDescription(description).Refuses();

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route) => route
        .Produces<ProblemDetails>(StatusCodes.Status401Unauthorized, "application/problem+json")
        .Produces<ProblemDetails>(StatusCodes.Status403Forbidden, "application/problem+json")
        .Produces<ProblemDetails>(StatusCodes.Status429TooManyRequests, "application/problem+json");

    private static RouteHandlerBuilder NotFound(this RouteHandlerBuilder route) => route.Produces<ProblemDetails>(StatusCodes.Status404NotFound, "application/problem+json");

    private static RouteHandlerBuilder Invalid(this RouteHandlerBuilder route) => route.Produces<ProblemDetails>(StatusCodes.Status422UnprocessableEntity, "application/problem+json");

    private static RouteHandlerBuilder Edits<TBody>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK)
        where TBody : notnull => route.Accepts<TBody>("application/json", "application/yaml", "application/merge-patch+json").Edits(status);

    private static RouteHandlerBuilder Edits(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK, Type? produces = null) => route
        .AddOpenApiOperationTransformer(ApiDocument.DescribeEdit)
        .Produces(status, produces ?? typeof(EditBody))
        .NotFound()
        .Produces<ProblemDetails>(StatusCodes.Status412PreconditionFailed, "application/problem+json")
        .Invalid()
        .Produces<ProblemDetails>(StatusCodes.Status428PreconditionRequired, "application/problem+json");
}
