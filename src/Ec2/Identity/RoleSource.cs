using Amazon.SecurityToken.Model;
using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Identity;

/// <summary>A role that the holder of other keys takes on.</summary>
/// <param name="role">Which one.</param>
/// <param name="session">What the session is called; null for our own name.</param>
/// <param name="externalId">What the role's trust policy asks for; null where it asks for none.</param>
/// <param name="caller">Those other keys.</param>
/// <param name="sts">The way to STS.</param>
internal sealed class RoleSource(string role, string? session, string? externalId, HeldCredentials caller, StsDoor sts) : ICredentialSource
{
    /// <summary>What our sessions are called.</summary>
    public const string SessionName = "dnsguard";

    /// <inheritdoc/>
    public string Name => $"STS, asked for the role {role},";

    /// <inheritdoc/>
    public string? Absence => null;

    /// <inheritdoc/>
    public async Task<Lease> FetchAsync(CancellationToken cancel)
    {
        var keys = await caller.FreshAsync(cancel).ConfigureAwait(false);
        try
        {
            return await AskAsync(cancel).ConfigureAwait(false);
        }
        catch (NoCredentialsException refusal) when (Ec2Refusals.IsExpired(refusal.Code))
        {
            if (!await caller.RenewAsync(keys, cancel).ConfigureAwait(false))
                throw;
        }

        return await AskAsync(cancel).ConfigureAwait(false);
    }

    private Task<Lease> AskAsync(CancellationToken cancel) => sts.AskAsync(caller, role, async client =>
    {
        var request = new AssumeRoleRequest { RoleArn = role, RoleSessionName = session ?? SessionName, ExternalId = externalId };
        return (await client.AssumeRoleAsync(request, cancel).ConfigureAwait(false)).Credentials;
    }, cancel);
}
