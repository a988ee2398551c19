using System.Xml;
using Amazon.Runtime;
using DnsGuard.Ec2.Access;
using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2;

/// <summary>★ One account and region of EC2: each call within its deadline and within our share of the API's rate; what is refused is told from what nobody knows.</summary>
public sealed class Ec2Client : IEc2, IDisposable
{
    private readonly Ec2Options _options;
    private readonly TimeProvider _time;
    private readonly ApiBudget _budget;
    private readonly Ec2Service _service;

    /// <summary>Prepares a client; nothing is sent yet.</summary>
    /// <param name="options">Which account and region.</param>
    /// <param name="resolver">Finds the API's host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wrap">Sees every request before it leaves; for tests.</param>
    /// <exception cref="ArgumentException">The region has no such endpoint.</exception>
    public Ec2Client(Ec2Options options, HostResolver resolver, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        (_options, _time) = (options, time);
        _budget = new ApiBudget(options.CallsPerSecond, options.Burst, time);
        var config = new Ec2ServiceConfig
        {
            ServiceURL = Ec2Endpoints.Of(options).ToString(),
            AuthenticationRegion = options.Region,
            HttpClientFactory = new NamedHosts(resolver, options.AttemptTimeout, wrap),
        };
        _service = new Ec2Service(Ec2Credentials.Of(options, config), config);
    }

    /// <summary>Calls per second that an action may have now: less than configured after EC2 has said that there were too many.</summary>
    public double RateOf(string action) => _budget.RateOf(action);

    /// <inheritdoc/>
    public async Task<Reply> CallAsync(string action, QueryForm form, CancellationToken cancel = default)
    {
        using var late = new CancellationTokenSource(_options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var wait = _budget.Take(action);
        if (wait >= _options.Deadline)
            throw new Ec2Exception("Throttling", $"{action} has to wait {wait.TotalSeconds:F0} s for its turn, longer than a call may take");
        try
        {
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, either.Token).ConfigureAwait(false);
            return await _service.CallAsync(action, form, either.Token).ConfigureAwait(false);
        }
        catch (AmazonServiceException refusal) when ((int)refusal.StatusCode is >= 400 and < 500 || Ec2Refusals.Of(refusal.ErrorCode ?? "", "") is Ec2Refusal.Throttled)
        {
            var told = new Ec2Exception(refusal.ErrorCode ?? "Unknown", refusal.Message, refusal.RequestId, refusal);
            if (told.Refusal is Ec2Refusal.Throttled)
                _budget.Throttled(action);
            throw told;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new UnknownOutcomeException($"{action} got no answer within {_options.Deadline.TotalSeconds:F0} s");
        }
        catch (Exception failure) when (failure is AmazonServiceException or HttpRequestException or IOException or XmlException or AmazonUnmarshallingException)
        {
            throw new UnknownOutcomeException($"{action} may or may not have been done: {failure.Message}", failure);
        }
        catch (AmazonClientException failure)
        {
            // Nothing was sent: no credentials were to be had.
            throw new Ec2Exception("AuthFailure", failure.Message, null, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();
}
