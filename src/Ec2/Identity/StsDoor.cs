using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Identity;

/// <summary>The way to STS: the region's own endpoint, FIPS and dual stack as for EC2, hosts found by our own resolver.</summary>
/// <remarks>The library's credentials for roles make a client of their own, which asks the operating system's resolver and, where nothing tells the region, the metadata service.</remarks>
internal sealed class StsDoor(Ec2Options options, HttpClientFactory http)
{
    /// <summary>Attempts after the first. STS is a different service in each region, and seldom fails: whoever waits for EC2 should not wait for it for long.</summary>
    private const int Retries = 2;

    /// <summary>Asks for a role's keys.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="role">Which role.</param>
    /// <param name="ask">The call.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="NoCredentialsException">It was not given.</exception>
    public async Task<Lease> AskAsync(AWSCredentials caller, string role, Func<IAmazonSecurityTokenService, Task<Credentials>> ask, CancellationToken cancel)
    {
        try
        {
            using var sts = new AmazonSecurityTokenServiceClient(caller, Config());
            var given = await ask(sts).ConfigureAwait(false);
            return new Lease(new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), given.Expiration is { } until ? new DateTimeOffset(until.ToUniversalTime()) : null);
        }
        catch (AmazonServiceException refusal) when (Ec2Refusals.IsRefused(refusal))
        {
            var code = Ec2Refusals.Of(refusal.ErrorCode ?? "", "") is Ec2Refusal.Denied or Ec2Refusal.Throttled ? refusal.ErrorCode! : NoCredentialsException.Anything;
            throw new NoCredentialsException($"STS did not give the role {role}: {refusal.Message}", refusal, code);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new NoCredentialsException($"STS did not answer when it was asked for the role {role}", late);
        }
        // What is no address in AWS_ENDPOINT_URL_STS is an ArgumentException or a UriFormatException.
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or ArgumentException or FormatException)
        {
            throw new NoCredentialsException($"STS could not be asked for the role {role}: {failure.Message}", failure);
        }
    }

    private AmazonSecurityTokenServiceConfig Config()
    {
        var config = new AmazonSecurityTokenServiceConfig
        {
            HttpClientFactory = http,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Retries,
            UseFIPSEndpoint = options.UsesFips,
            UseDualstackEndpoint = options.UsesDualStack,
        };
        if (options.StsEndpoint is { } own)
            (config.ServiceURL, config.AuthenticationRegion) = (own.ToString(), options.Region);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return config;
    }
}
