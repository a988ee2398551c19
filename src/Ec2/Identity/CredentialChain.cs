namespace DnsGuard.Ec2.Identity;

/// <summary>Whose rights calls have: those of the first source that is set up. Where that one fails, the next is not tried: nobody shall act with rights that were not meant.</summary>
internal sealed class CredentialChain(params IReadOnlyList<ICredentialSource> sources) : ICredentialSource
{
    /// <inheritdoc/>
    public string Name => "the usual sources";

    /// <inheritdoc/>
    public string? Absence => null;

    /// <summary>The usual sources in the order of AWS's tools: environment, web identity, profile, container, instance.</summary>
    public static CredentialChain Usual(StsDoor sts, HttpClient services, TimeProvider time)
    {
        var environment = new EnvironmentSource();
        var container = new ContainerSource(services, time);
        var instance = new InstanceSource(services, time);
        var profile = new ProfileSource(sts, time, new Dictionary<string, ICredentialSource>(StringComparer.Ordinal)
        {
            ["Environment"] = environment, ["EcsContainer"] = container, ["Ec2InstanceMetadata"] = instance,
        });
        return new CredentialChain(environment, WebIdentitySource.OfEnvironment(sts), profile, container, instance);
    }

    /// <inheritdoc/>
    public async Task<Lease> FetchAsync(CancellationToken cancel)
    {
        var said = new List<string>();
        foreach (var source in sources)
        {
            if (source.Absence is not { } absence)
                return await FetchAsync(source, said, cancel).ConfigureAwait(false);
            said.Add(absence);
        }

        throw new NoCredentialsException(Sentence(said));
    }

    private static async Task<Lease> FetchAsync(ICredentialSource source, List<string> said, CancellationToken cancel)
    {
        try
        {
            return await source.FetchAsync(cancel).ConfigureAwait(false);
        }
        catch (NoCredentialsException failure)
        {
            throw new NoCredentialsException(Sentence([.. said, failure.Message]), failure, failure.Code);
        }
        catch (OperationCanceledException late) when (cancel.IsCancellationRequested)
        {
            throw new NoCredentialsException(Sentence([.. said, $"{source.Name} did not answer in time"]), late);
        }
    }

    private static string Sentence(List<string> said) => said.Count == 1 ? said[0] : $"{string.Join(", ", said.SkipLast(1))}, and {said[^1]}";
}
