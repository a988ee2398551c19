using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace DnsGuard.Ec2.Identity;

/// <summary>Keys and roles of the files that AWS's tools share. The library reads them; roles are taken on here, since the library would ask STS through a client of its own.</summary>
/// <param name="sts">The way to STS.</param>
/// <param name="time">The clock.</param>
/// <param name="named">The sources that <c>credential_source</c> may name.</param>
internal sealed class ProfileSource(StsDoor sts, TimeProvider time, IReadOnlyDictionary<string, ICredentialSource> named) : ICredentialSource
{
    private const string Variable = "AWS_PROFILE";
    private const string Default = "default";

    /// <inheritdoc/>
    public string Name => $"the profile '{EnvironmentSource.Read(Variable) ?? Default}'";

    /// <inheritdoc/>
    public string? Absence => EnvironmentSource.Read(Variable) is not null ? null
        : Find(Default) is not { } profile ? $"there is no profile '{Default}'"
        : profile.CanCreateAWSCredentials ? null : $"the profile '{Default}' has no keys";

    /// <inheritdoc/>
    public Task<Lease> FetchAsync(CancellationToken cancel) => FetchAsync(EnvironmentSource.Read(Variable) ?? Default, [], cancel);

    private async Task<Lease> FetchAsync(string name, IReadOnlyList<string> path, CancellationToken cancel)
    {
        if (path.Contains(name, StringComparer.Ordinal))
            throw new NoCredentialsException($"the profiles '{string.Join("', '", path)}' lead in a circle");
        var profile = Find(name) ?? throw new NoCredentialsException($"there is no profile '{name}'{(path.Count == 0 ? "" : $", which '{path[^1]}' names")}");
        return profile.Options.RoleArn is { } role ? await RoleAsync(profile, role, [.. path, name], cancel).ConfigureAwait(false) : await KeysAsync(profile, cancel).ConfigureAwait(false);
    }

    private async Task<Lease> RoleAsync(CredentialProfile profile, string role, IReadOnlyList<string> path, CancellationToken cancel)
    {
        var options = profile.Options;
        if (options.WebIdentityTokenFile is { } file)
            return await new WebIdentitySource(file, role, options.RoleSessionName, sts).FetchAsync(cancel).ConfigureAwait(false);
        if (options.MfaSerial is not null)
            throw new NoCredentialsException($"the profile '{profile.Name}' asks for a code of somebody's device, which we have not");
        using var caller = new HeldCredentials(CallerOf(profile, path), Timeout.InfiniteTimeSpan, time);
        return await new RoleSource(role, options.RoleSessionName, options.ExternalID, caller, sts).FetchAsync(cancel).ConfigureAwait(false);
    }

    private ICredentialSource CallerOf(CredentialProfile profile, IReadOnlyList<string> path) => profile.Options switch
    {
        // A role's profile may hold the keys that it is taken on with.
        { SourceProfile: { } source } when source == profile.Name => new Step(source, cancel => KeysAsync(new CredentialProfile(source, new CredentialProfileOptions { AccessKey = profile.Options.AccessKey, SecretKey = profile.Options.SecretKey, Token = profile.Options.Token }), cancel)),
        { SourceProfile: { } source } => new Step(source, cancel => FetchAsync(source, path, cancel)),
        { CredentialSource: { } source } when named.TryGetValue(source, out var found) => found,
        _ => throw new NoCredentialsException($"the profile '{profile.Name}' has a role but no source that we know"),
    };

    private static async Task<Lease> KeysAsync(CredentialProfile profile, CancellationToken cancel)
    {
        try
        {
            var keys = profile.GetAWSCredentials(Files());
            var now = await keys.GetCredentialsAsync().WaitAsync(cancel).ConfigureAwait(false);
            return new Lease(now, keys is RefreshingAWSCredentials { Expiration: { } until } ? new DateTimeOffset(until.ToUniversalTime()) : null);
        }
        // The library throws whatever a file, a program or a missing assembly throws.
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new NoCredentialsException($"the profile '{profile.Name}' gave no keys: {failure.Message}", failure);
        }
    }

    private static CredentialProfile? Find(string name)
    {
        try
        {
            return Files().TryGetProfile(name, out var profile) ? profile : null;
        }
        catch (Exception failure) when (failure is AmazonClientException or IOException or UnauthorizedAccessException)
        {
            throw new NoCredentialsException($"the files with the profile '{name}' cannot be read: {failure.Message}", failure);
        }
    }

    // The library looks only once whether the file that the variable names is there.
    private static CredentialProfileStoreChain Files() => new(EnvironmentSource.Read("AWS_SHARED_CREDENTIALS_FILE"));

    private sealed class Step(string name, Func<CancellationToken, Task<Lease>> fetch) : ICredentialSource
    {
        public string Name => $"the profile '{name}'";

        public string? Absence => null;

        public Task<Lease> FetchAsync(CancellationToken cancel) => fetch(cancel);
    }
}
