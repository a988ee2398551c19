using Amazon.Runtime;

namespace DnsGuard.Ec2.Identity;

/// <summary>Keys of the environment.</summary>
internal sealed class EnvironmentSource : ICredentialSource
{
    private const string AccessKey = "AWS_ACCESS_KEY_ID";
    private const string SecretKey = "AWS_SECRET_ACCESS_KEY";

    /// <inheritdoc/>
    public string Name => AccessKey;

    /// <inheritdoc/>
    public string? Absence => Read(AccessKey) is null && Read(SecretKey) is null ? $"{AccessKey} is not set" : null;

    /// <summary>A variable of the environment; null where it is not set or empty.</summary>
    public static string? Read(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } value ? value : null;

    /// <inheritdoc/>
    public Task<Lease> FetchAsync(CancellationToken cancel)
    {
        if (Read(AccessKey) is not { } accessKey || Read(SecretKey) is not { } secretKey)
            throw new NoCredentialsException($"of {AccessKey} and {SecretKey} only one is set");
        return Task.FromResult(new Lease(new ImmutableCredentials(accessKey, secretKey, Read("AWS_SESSION_TOKEN")), null));
    }
}
