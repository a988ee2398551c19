using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace DnsGuard.Ec2.Access;

/// <summary>Whose rights calls have: the usual chain (environment, profile, web identity, container, instance), then a role of the target's account if one is named.</summary>
internal static class Ec2Credentials
{
    private const string SessionName = "dnsguard";

    /// <summary>Credentials that renew themselves.</summary>
    public static AWSCredentials Of(Ec2Options options, IClientConfig config)
    {
        var own = DefaultAWSCredentialsIdentityResolver.GetCredentials(config);
        if (options.RoleArn is not { } role)
            return own;
        return new AssumeRoleAWSCredentials(own, role, SessionName, new AssumeRoleAWSCredentialsOptions { ExternalId = options.ExternalId });
    }
}
