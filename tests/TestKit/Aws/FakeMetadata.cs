using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DnsGuard.TestKit.Aws;

/// <summary>What a machine asks for keys: an instance's metadata service, which wants a token first (IMDSv2), and a container's agent at <c>/container</c>.</summary>
public sealed class FakeMetadata : IAsyncDisposable
{
    private readonly FakeKeys _keys;
    private readonly WebApplication _app;
    private readonly List<string> _requests = [];
    private readonly Lock _lock = new();
    private int _tokens;
    private int _reads;

    private FakeMetadata(FakeKeys keys)
    {
        _keys = keys;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Whose keys it gives out.</summary>
    public string Account { get; set; } = "333333333333";

    /// <summary>The instance's role; null where it has none.</summary>
    public string? Role { get; set; } = "DnsGuardNode";

    /// <summary>Is it a service of before IMDSv2, which has no tokens and gives keys to whoever asks?</summary>
    public bool IsOldVersion { get; set; }

    /// <summary>Does nothing come back?</summary>
    public bool Hangs { get; set; }

    /// <summary>How often a token may be used before it is over; null for ever.</summary>
    public int? ReadsPerToken { get; set; }

    /// <summary>What a container has to show.</summary>
    public string? ContainerToken { get; set; }

    /// <summary>Answers that fail before one is given.</summary>
    public int Failures { get; set; }

    /// <summary>What was asked, in turn.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Starts one.</summary>
    public static async Task<FakeMetadata> StartAsync(FakeKeys keys)
    {
        var fake = new FakeMetadata(keys);
        await fake._app.StartAsync().ConfigureAwait(false);
        return fake;
    }

    /// <summary>Tokens given out so far are over.</summary>
    public void EndToken()
    {
        lock (_lock)
            _tokens++;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);

    private async Task AnswerAsync(HttpContext context)
    {
        if (Hangs)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (int Status, string Body) answer;
        lock (_lock)
        {
            _requests.Add($"{context.Request.Method} {context.Request.Path}");
            answer = Failures-- > 0 ? (500, "") : AnswerLocked(context.Request);
        }

        context.Response.StatusCode = answer.Status;
        await context.Response.WriteAsync(answer.Body, CancellationToken.None).ConfigureAwait(false);
    }

    private (int Status, string Body) AnswerLocked(HttpRequest request) => ($"{request.Method} {request.Path}") switch
    {
        "GET /container" => request.Headers.Authorization.ToString() == (ContainerToken ?? "") ? (200, Keys()) : (401, "no such token"),
        "PUT /latest/api/token" => IsOldVersion ? (404, "") : !request.Headers.ContainsKey("X-aws-ec2-metadata-token-ttl-seconds") ? (400, "") : (200, NextToken()),
        _ when !IsOldVersion && !HasTokenLocked(request) => (401, "Unauthorized"),
        "GET /latest/meta-data/iam/security-credentials/" or "GET /latest/meta-data/iam/security-credentials" => Role is null ? (404, "") : (200, Role),
        var other when other == $"GET /latest/meta-data/iam/security-credentials/{Role}" => (200, Keys()),
        _ => (404, ""),
    };

    private string NextToken()
    {
        _reads = 0;
        return string.Create(CultureInfo.InvariantCulture, $"metadata-{++_tokens}");
    }

    private bool HasTokenLocked(HttpRequest request) =>
        request.Headers["X-aws-ec2-metadata-token"] == string.Create(CultureInfo.InvariantCulture, $"metadata-{_tokens}") && (ReadsPerToken is not { } most || ++_reads <= most);

    private string Keys()
    {
        var keys = _keys.Issue(Account);
        return JsonSerializer.Serialize(new { Code = "Success", Type = "AWS-HMAC", AccessKeyId = keys.AccessKey, SecretAccessKey = keys.Secret, keys.Token, keys.Expiration });
    }
}
