namespace DnsGuard.Ec2.Identity;

/// <summary>There are no keys to be had, so nothing was sent to EC2.</summary>
/// <param name="message">Which source was asked, and what it said; made one line.</param>
/// <param name="inner">What was thrown.</param>
/// <param name="code">STS's own code where it refused; otherwise <see cref="Anything"/>.</param>
internal sealed class NoCredentialsException(string message, Exception? inner = null, string code = NoCredentialsException.Anything) : Exception(message.ReplaceLineEndings(" "), inner)
{
    /// <summary>The code where nobody gave one.</summary>
    public const string Anything = "NoCredentials";

    /// <summary>What went wrong, in EC2's and STS's terms.</summary>
    public string Code { get; } = code;
}
