using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace DnsGuard.Ec2.Access;

/// <summary>Where EC2's API is, by region: the rules of AWS's own endpoint rule set for EC2.</summary>
internal static class Ec2Endpoints
{
    /// <summary>The address of the API.</summary>
    /// <exception cref="ArgumentException">The region has no such endpoint, or is no name of a region.</exception>
    public static Uri Of(Ec2Options options)
    {
        if (options.Endpoint is { } own)
            return own;
        if (!Fn.IsValidHostLabel(options.Region, allowSubDomains: false))
            throw new ArgumentException($"'{options.Region}' is not a region", nameof(options));
        var partition = Fn.Partition(options.Region);
        if (options.UsesFips && !partition.supportsFIPS)
            throw new ArgumentException($"the region {options.Region} has no FIPS endpoints", nameof(options));
        if (options.UsesDualStack && !partition.supportsDualStack)
            throw new ArgumentException($"the region {options.Region} has no dual-stack endpoints", nameof(options));
        var suffix = options.UsesDualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        // GovCloud's ordinary endpoints are its FIPS endpoints.
        var isGovCloud = partition.name == "aws-us-gov";
        var host = options.UsesFips && !(isGovCloud && !options.UsesDualStack) ? "ec2-fips" : "ec2";
        return new Uri($"https://{host}.{options.Region}.{suffix}");
    }
}
