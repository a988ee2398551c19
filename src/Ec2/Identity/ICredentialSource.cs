namespace DnsGuard.Ec2.Identity;

/// <summary>Where keys may come from.</summary>
internal interface ICredentialSource
{
    /// <summary>What it is, as the subject of a sentence.</summary>
    string Name { get; }

    /// <summary>Why it has nothing to give here, as a sentence; null where it is set up. Asks nobody beyond this machine's files and environment.</summary>
    string? Absence { get; }

    /// <summary>Gets keys, new ones if it can make some.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="NoCredentialsException">It has none.</exception>
    Task<Lease> FetchAsync(CancellationToken cancel);
}
