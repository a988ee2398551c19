using Amazon.Runtime;
using Amazon.SecurityToken.Model;

namespace DnsGuard.Ec2.Identity;

/// <summary>A role that a token in a file is taken for, as a pod has it. The file is read each time: whoever writes it changes it every hour or so.</summary>
/// <param name="file">Where the token is; null for nowhere.</param>
/// <param name="role">Which role; null where none is named.</param>
/// <param name="session">What the session is called; null for our own name.</param>
/// <param name="sts">The way to STS.</param>
internal sealed class WebIdentitySource(string? file, string? role, string? session, StsDoor sts) : ICredentialSource
{
    private const string FileVariable = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private const string RoleVariable = "AWS_ROLE_ARN";

    /// <inheritdoc/>
    public string Name => $"STS, asked for the role {role} with the token of {file},";

    /// <inheritdoc/>
    public string? Absence => file is null ? $"{FileVariable} is not set" : null;

    /// <summary>That of the environment.</summary>
    public static WebIdentitySource OfEnvironment(StsDoor sts) =>
        new(EnvironmentSource.Read(FileVariable), EnvironmentSource.Read(RoleVariable), EnvironmentSource.Read("AWS_ROLE_SESSION_NAME"), sts);

    /// <inheritdoc/>
    public async Task<Lease> FetchAsync(CancellationToken cancel)
    {
        if (role is null)
            throw new NoCredentialsException($"{FileVariable} is set but {RoleVariable} is not");
        var token = await ReadAsync(file!, cancel).ConfigureAwait(false);
        return await sts.AskAsync(new AnonymousAWSCredentials(), role, async client =>
        {
            var request = new AssumeRoleWithWebIdentityRequest { RoleArn = role, RoleSessionName = session ?? RoleSource.SessionName, WebIdentityToken = token };
            return (await client.AssumeRoleWithWebIdentityAsync(request, cancel).ConfigureAwait(false)).Credentials;
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>The token of a file.</summary>
    /// <exception cref="NoCredentialsException">It cannot be read.</exception>
    public static async Task<string> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false)).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NoCredentialsException($"the token of {file} cannot be read: {failure.Message}", failure);
        }
    }
}
