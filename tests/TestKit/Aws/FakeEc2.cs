using System.Net;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DnsGuard.TestKit.Aws;

/// <summary>A server that does as EC2 does, for as many accounts and regions as anybody asks for; and as EC2 does on a bad day (<see cref="Faults"/>).</summary>
/// <remarks>An access key <c>AKID111111111111</c> belongs to the account 111111111111. It is STS too: a role's keys belong to the role's account.</remarks>
public sealed class FakeEc2 : IAsyncDisposable
{
    private static readonly XNamespace Ec2 = "http://ec2.amazonaws.com/doc/2016-11-15/";

    private readonly Dictionary<(string Account, string Region), FakeRegion> _regions = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly WebApplication _app;

    private FakeEc2(TimeProvider time)
    {
        _time = time;
        Faults = new FakeFaults(time);
        Keys = new FakeKeys(time);
        Sts = new FakeSts(Keys, Faults);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What goes wrong.</summary>
    public FakeFaults Faults { get; }

    /// <summary>Temporary keys: those that it knows.</summary>
    public FakeKeys Keys { get; }

    /// <summary>The part that is STS.</summary>
    public FakeSts Sts { get; }

    /// <summary>Calls so far, by action, those refused among them.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>What in requests and answers is not as EC2's service model has it: for programs that no test can stand in front of.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_lock)
                return [.. _wrong];
        }
    }

    private readonly List<string> _calls = [];
    private readonly List<string> _wrong = [];

    /// <summary>Starts one.</summary>
    public static async Task<FakeEc2> StartAsync(TimeProvider? time = null)
    {
        var fake = new FakeEc2(time ?? TimeProvider.System);
        await fake._app.StartAsync().ConfigureAwait(false);
        return fake;
    }

    /// <summary>What an account has in a region.</summary>
    public FakeRegion Region(string account = "111111111111", string region = "eu-west-1")
    {
        lock (_lock)
        {
            if (!_regions.TryGetValue((account, region), out var found))
                _regions[(account, region)] = found = new FakeRegion(account, region, _time, Faults);
            return found;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);

    private async Task AnswerAsync(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false)).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        var action = form.GetValueOrDefault("Action") ?? "";
        lock (_lock)
            _calls.Add(action);
        // Credential=AKID…/20260101/eu-west-1/ec2/aws4_request
        var scope = context.Request.Headers.Authorization.ToString().Split("Credential=").LastOrDefault("").Split('/');
        var account = scope[0].StartsWith("AKID", StringComparison.Ordinal) && scope.Length > 3 ? scope[0][4..] : "";
        var token = context.Request.Headers["X-Amz-Security-Token"].ToString();
        var fault = Faults.Next(action);
        if (Sts.Do(action, account, token, form) is { } given)
        {
            await EndAsync(context, fault, fault is { Kind: FakeFaultKind.Refuse } no ? FakeSts.Refuse(no.Status, no.Code, no.Message) : given).ConfigureAwait(false);
            return;
        }

        Faults.Watch(action, false);
        if (Faults.IsDown)
        {
            context.Abort();
            return;
        }

        var region = Region(account, scope.Length > 3 ? scope[2] : "");
        (int Status, XElement Body) answer = account.Length == 0 ? (401, Error("AuthFailure", "AWS was not able to validate the provided access credentials"))
            : !Keys.Holds(token) ? (400, Error("RequestExpired", "Request has expired."))
            : fault is { Kind: FakeFaultKind.Refuse } refusal ? (refusal.Status, Error(refusal.Code, refusal.Message))
            : Faults.IsThrottled(account, action) ? (503, Error("RequestLimitExceeded", "Request limit exceeded."))
            : Do(region, action, new FakeForm(form));
        NoteContract(action, form, answer);
        Faults.Watch(action, true);
        await EndAsync(context, fault, answer).ConfigureAwait(false);
    }

    private void NoteContract(string action, Dictionary<string, string> form, (int Status, XElement Body) answer)
    {
        var wrong = Ec2Contract.Instance.CheckRequest([.. form]).Concat(answer.Status == 200 ? Ec2Contract.Instance.CheckAnswer(action, answer.Body) : []).ToList();
        lock (_lock)
            _wrong.AddRange(wrong);
    }

    private static async Task EndAsync(HttpContext context, FakeFault? fault, (int Status, XElement Body) answer)
    {
        switch (fault?.Kind)
        {
            case FakeFaultKind.LoseAnswer:
                context.Abort();
                return;
            case FakeFaultKind.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            case FakeFaultKind.BadGateway:
                context.Response.StatusCode = 502;
                await context.Response.WriteAsync("<html><body><h1>502 Bad Gateway</h1></body>", context.RequestAborted).ConfigureAwait(false);
                return;
            case FakeFaultKind.CutAnswer:
                await context.Response.WriteAsync(answer.Body.ToString()[..^20], context.RequestAborted).ConfigureAwait(false);
                return;
            default:
                await WriteAsync(context, answer.Status, answer.Body).ConfigureAwait(false);
                return;
        }
    }

    private static Task WriteAsync(HttpContext context, int status, XElement body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml;charset=UTF-8";
        return context.Response.WriteAsync(body.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private static (int Status, XElement Body) Do(FakeRegion region, string action, FakeForm form)
    {
        try
        {
            return (200, new XElement(Ec2 + $"{action}Response", new XElement(Ec2 + "requestId", Guid.NewGuid()), region.Do(action, form).Select(InNamespace)));
        }
        catch (FakeRefusal refusal)
        {
            return (400, Error(refusal.Code, refusal.Message));
        }
    }

    private static XElement InNamespace(XElement element) => new(Ec2 + element.Name.LocalName, element.HasElements ? element.Elements().Select(InNamespace) : element.Value);

    private static XElement Error(string code, string message) => new(
        "Response", new XElement("Errors", new XElement("Error", new XElement("Code", code), new XElement("Message", message))), new XElement("RequestID", Guid.NewGuid()));
}

/// <summary>EC2 says no.</summary>
internal sealed class FakeRefusal(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
