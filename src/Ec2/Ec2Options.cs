namespace DnsGuard.Ec2;

/// <summary>Which account and region, and how it is reached.</summary>
/// <param name="Region">Such as <c>eu-west-1</c>.</param>
public sealed record Ec2Options(string Region)
{
    /// <summary>The role to take on, for an account that is not ours; null for our own.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What the role's trust policy asks for (<c>sts:ExternalId</c>); null where it asks for none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Where the API is, instead of where AWS says: an interface endpoint, or a test's server. Null for AWS's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Where STS is, instead of where AWS says or <c>AWS_ENDPOINT_URL_STS</c>. Null for those.</summary>
    public Uri? StsEndpoint { get; init; }

    /// <summary>Endpoints that are validated to FIPS 140.</summary>
    public bool UsesFips { get; init; }

    /// <summary>Endpoints that are reached over IPv6 too.</summary>
    public bool UsesDualStack { get; init; }

    /// <summary>Calls per second of one action that changes something when all is well, 0.1 to 100; EC2's own buckets are the whole account's.</summary>
    public double CallsPerSecond { get; init; } = 5;

    /// <summary>Calls of one action that may come at once, 1 to 1000.</summary>
    public double Burst { get; init; } = 20;

    /// <summary>The same for calls that only read, 0.1 to 100.</summary>
    /// <remarks>Half of what EC2 gives an account for a Describe action by default (100 tokens, 20 more a second).</remarks>
    public double ReadsPerSecond { get; init; } = 10;

    /// <summary>Calls of one reading action that may come at once, 1 to 1000.</summary>
    public double ReadBurst { get; init; } = 50;

    /// <summary>How long one call may take, the search for keys and its retries included. 1 s to 2 min.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one attempt may take. 1 s to the deadline.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
