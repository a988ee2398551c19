using System.Net;

namespace DnsGuard.Ec2.Identity;

/// <summary>Keys of a container's agent: ECS, EKS Pod Identity, Greengrass.</summary>
internal sealed class ContainerSource(HttpClient http, TimeProvider time) : ICredentialSource
{
    private const string Relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    // The agents of ECS and of EKS. They are spoken to in the clear, as loopback is; nobody else is.
    private static readonly IPAddress[] Agents = [IPAddress.Parse("169.254.170.2"), IPAddress.Parse("169.254.170.23"), IPAddress.Parse("fd00:ec2::23")];

    private readonly KeyService _service = new(http, time);

    /// <inheritdoc/>
    public string Name => "the container's agent";

    /// <inheritdoc/>
    public string? Absence => EnvironmentSource.Read(Relative) is null && EnvironmentSource.Read(Full) is null ? $"neither {Relative} nor {Full} is set" : null;

    /// <summary>Where the agent is.</summary>
    /// <param name="relative">A path at ECS's agent; comes first. Null for none.</param>
    /// <param name="full">An address. Null for none.</param>
    /// <exception cref="NoCredentialsException">It is no address, or one that must not be asked.</exception>
    public static Uri Where(string? relative, string? full)
    {
        var text = relative is null ? full : $"http://{Agents[0]}/{relative.TrimStart('/')}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new NoCredentialsException($"'{text}' of {(relative is null ? Full : Relative)} is no address");
        if (uri.Scheme == Uri.UriSchemeHttps)
            return uri;
        // What this name leads to is not up to a resolver (RFC 6761 §6.3).
        var host = uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.DnsSafeHost, out var literal) ? literal : null;
        if (host is null || !(IPAddress.IsLoopback(host) || Agents.Contains(host)))
            throw new NoCredentialsException($"keys are not asked for in the clear at {uri.Host}: {Full} has to be https, loopback or an agent's own address");
        return new UriBuilder(uri) { Host = host.ToString() }.Uri;
    }

    /// <inheritdoc/>
    public async Task<Lease> FetchAsync(CancellationToken cancel)
    {
        var uri = Where(EnvironmentSource.Read(Relative), EnvironmentSource.Read(Full));
        var token = EnvironmentSource.Read("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { } file ? await WebIdentitySource.ReadAsync(file, cancel).ConfigureAwait(false) : EnvironmentSource.Read("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        // A line end would begin another header.
        if (token is not null && token.AsSpan().ContainsAny('\r', '\n'))
            throw new NoCredentialsException("the token for the container's agent has more than one line");
        return await _service.FetchAsync(Name, late => _service.SendAsync(HttpMethod.Get, uri, "Authorization", token, late), cancel).ConfigureAwait(false);
    }
}
