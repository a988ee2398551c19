using System.Xml;
using Amazon.Runtime;
using DnsGuard.Ec2.Access;
using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Identity;

namespace DnsGuard.Ec2;

/// <summary>★ One account and region of EC2: each call within its deadline and within our share of the API's rate; what is refused is told from what nobody knows.</summary>
public sealed class Ec2Client : IEc2, IDisposable
{
    /// <summary>A call waits at most one part in this many of its deadline for new keys while the old ones hold: enough is left to be called with those.</summary>
    private const int KeysShare = 3;

    private readonly Ec2Options _options;
    private readonly TimeProvider _time;
    private readonly ApiBudget _changes;
    private readonly ApiBudget _reads;
    private readonly HttpClient _keyServices;
    private readonly HeldCredentials _own;
    private readonly HeldCredentials _credentials;
    private readonly Ec2Service _service;

    /// <summary>Prepares a client; nothing is sent yet, and no keys are looked for.</summary>
    /// <param name="options">Which account and region.</param>
    /// <param name="resolver">Finds the hosts of EC2 and STS.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wrap">Sees every request to EC2 before it leaves; for tests.</param>
    /// <exception cref="ArgumentException">The region has no such endpoint.</exception>
    public Ec2Client(Ec2Options options, HostResolver resolver, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        (_options, _time) = (options, time);
        (_changes, _reads) = (new ApiBudget(options.CallsPerSecond, options.Burst, time), new ApiBudget(options.ReadsPerSecond, options.ReadBurst, time));
        var config = new Ec2ServiceConfig
        {
            ServiceURL = Ec2Endpoints.Of(options).ToString(),
            AuthenticationRegion = options.Region,
            HttpClientFactory = new NamedHosts(resolver, options.AttemptTimeout, wrap),
        };
        var hosts = new NamedHosts(resolver, options.AttemptTimeout, null);
        var sts = new StsDoor(options, hosts);
        var spare = options.Deadline / KeysShare;
        _keyServices = hosts.CreateHttpClient();
        _own = new HeldCredentials(CredentialChain.Usual(sts, _keyServices, time), spare, time);
        _credentials = options.RoleArn is { } role ? new HeldCredentials(new CredentialChain(new RoleSource(role, null, options.ExternalId, _own, sts)), spare, time) : _own;
        _service = new Ec2Service(_credentials, config);
    }

    /// <summary>Calls per second that an action may have now: less than configured after EC2 has said that there were too many.</summary>
    public double RateOf(string action) => BudgetOf(action).RateOf(action);

    /// <inheritdoc/>
    public async Task<Reply> CallAsync(string action, QueryForm form, CancellationToken cancel = default)
    {
        using var late = new CancellationTokenSource(_options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var attempts = new Attempts();
        try
        {
            await TurnAsync(action, either.Token).ConfigureAwait(false);
            return await AskAsync(action, form, attempts, either.Token).ConfigureAwait(false);
        }
        catch (NoCredentialsException none)
        {
            cancel.ThrowIfCancellationRequested();
            throw new Ec2Exception(none.Code, $"no credentials: {none.Message}", null, none);
        }
        catch (AmazonServiceException refusal) when (attempts.Begun > 0 && attempts.AreAllRefused)
        {
            throw Refused(action, refusal);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The library waits long after a throttled attempt. Where each was refused, the deadline's coming changes nothing.
            if (attempts is { AreAllRefused: true, LastRefusal: { } refusal })
                throw Refused(action, refusal);
            throw attempts.Begun == 0 ? Crowded(action, _options.Deadline) : new UnknownOutcomeException($"{action} got no answer within {_options.Deadline.TotalSeconds:F0} s");
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or XmlException)
        {
            throw new UnknownOutcomeException($"{action} may or may not have been done: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _service.Dispose();
        _credentials.Dispose();
        _own.Dispose();
        _keyServices.Dispose();
    }

    private ApiBudget BudgetOf(string action) =>
        action.StartsWith("Describe", StringComparison.Ordinal) || action.StartsWith("Get", StringComparison.Ordinal) ? _reads : _changes;

    private async Task TurnAsync(string action, CancellationToken cancel)
    {
        var wait = BudgetOf(action).Take(action);
        if (wait >= _options.Deadline)
            throw Crowded(action, wait);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
    }

    private async Task<Reply> AskAsync(string action, QueryForm form, Attempts attempts, CancellationToken cancel)
    {
        var lease = await _credentials.FreshAsync(cancel).ConfigureAwait(false);
        try
        {
            return await _service.CallAsync(action, form, attempts, cancel).ConfigureAwait(false);
        }
        catch (AmazonServiceException refusal) when (Ec2Refusals.IsExpired(refusal.ErrorCode) && attempts.AreAllRefused)
        {
            if (!await _credentials.RenewAsync(lease, cancel).ConfigureAwait(false))
                throw;
        }

        return await _service.CallAsync(action, form, attempts, cancel).ConfigureAwait(false);
    }

    private Ec2Exception Refused(string action, AmazonServiceException refusal)
    {
        var told = new Ec2Exception(refusal.ErrorCode ?? "Unknown", refusal.Message, refusal.RequestId, refusal);
        if (told.Refusal is Ec2Refusal.Throttled)
            BudgetOf(action).Throttled(action);
        return told;
    }

    private static Ec2Exception Crowded(string action, TimeSpan wait) =>
        new("Throttling", $"{action} has to wait {wait.TotalSeconds:F0} s for its turn, longer than a call may take");
}
