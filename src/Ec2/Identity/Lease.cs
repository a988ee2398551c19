using Amazon.Runtime;

namespace DnsGuard.Ec2.Identity;

/// <summary>Keys, and until when they hold.</summary>
/// <param name="Keys">What requests are signed with.</param>
/// <param name="Until">When they end; null for keys that do not.</param>
internal sealed record Lease(ImmutableCredentials Keys, DateTimeOffset? Until)
{
    /// <summary>Are these the same keys?</summary>
    public bool HasKeysOf(Lease other) => Keys.AccessKey == other.Keys.AccessKey && Keys.SecretKey == other.Keys.SecretKey && Keys.Token == other.Keys.Token;
}
