using System.Net;

namespace DnsGuard.Ec2.Identity;

/// <summary>Keys of an instance's role, from its metadata service. Only IMDSv2: without a token nothing is asked.</summary>
internal sealed class InstanceSource(HttpClient http, TimeProvider time) : ICredentialSource
{
    private const string Disabled = "AWS_EC2_METADATA_DISABLED";
    private const string Roles = "latest/meta-data/iam/security-credentials/";

    // Keys are asked for every few hours: a token is for one walk.
    private const string TokenSeconds = "60";

    private readonly KeyService _service = new(http, time);

    /// <inheritdoc/>
    public string Name => $"the instance's metadata service at {Url}";

    /// <inheritdoc/>
    public string? Absence => string.Equals(EnvironmentSource.Read(Disabled), "true", StringComparison.OrdinalIgnoreCase) ? $"{Disabled} is true" : null;

    private static string Url => EnvironmentSource.Read("AWS_EC2_METADATA_SERVICE_ENDPOINT")
        ?? (string.Equals(EnvironmentSource.Read("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "IPv6", StringComparison.OrdinalIgnoreCase) ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/");

    /// <inheritdoc/>
    public Task<Lease> FetchAsync(CancellationToken cancel)
    {
        if (!Uri.TryCreate(Url.TrimEnd('/') + "/", UriKind.Absolute, out var root))
            throw new NoCredentialsException($"the address of {Name} is none");
        return _service.FetchAsync(Name, late => WalkAsync(root, late), cancel);
    }

    private async Task<string> WalkAsync(Uri root, CancellationToken cancel)
    {
        var token = await _service.SendAsync(HttpMethod.Put, new Uri(root, "latest/api/token"), "X-aws-ec2-metadata-token-ttl-seconds", TokenSeconds, cancel).ConfigureAwait(false);
        var role = await RoleAsync(root, token, cancel).ConfigureAwait(false);
        return await ReadAsync(new Uri(root, Roles + Uri.EscapeDataString(role)), token, cancel).ConfigureAwait(false);
    }

    private async Task<string> RoleAsync(Uri root, string token, CancellationToken cancel)
    {
        try
        {
            var roles = await ReadAsync(new Uri(root, Roles), token, cancel).ConfigureAwait(false);
            return roles.Split('\n')[0].Trim() is { Length: > 0 } first ? first : throw NoRole();
        }
        catch (HttpRequestException refusal) when (refusal.StatusCode is HttpStatusCode.NotFound)
        {
            throw NoRole(refusal);
        }
    }

    private NoCredentialsException NoRole(Exception? inner = null) => new($"the instance has no role, says {Name}", inner);

    private Task<string> ReadAsync(Uri uri, string token, CancellationToken cancel) => _service.SendAsync(HttpMethod.Get, uri, "X-aws-ec2-metadata-token", token, cancel);
}
