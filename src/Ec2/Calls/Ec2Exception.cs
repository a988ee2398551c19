using Amazon.Runtime;
using DnsGuard.Ec2.Identity;

namespace DnsGuard.Ec2.Calls;

/// <summary>EC2 refused a call. Nothing was changed.</summary>
/// <param name="code">EC2's own code, such as <c>PrefixListVersionMismatch</c>.</param>
/// <param name="message">EC2's own words.</param>
/// <param name="requestId">What AWS's support asks for.</param>
/// <param name="inner">What was thrown.</param>
public sealed class Ec2Exception(string code, string message, string? requestId = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>EC2's own code.</summary>
    public string Code { get; } = code;

    /// <summary>What AWS's support asks for; null where there is none.</summary>
    public string? RequestId { get; } = requestId;

    /// <summary>What it means for us.</summary>
    public Ec2Refusal Refusal { get; } = Ec2Refusals.Of(code, message);
}

/// <summary>A call whose answer was lost, cut or late. It may have changed something.</summary>
public sealed class UnknownOutcomeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a refusal means for whoever called.</summary>
public enum Ec2Refusal
{
    /// <summary>Something else: our own bug, or news.</summary>
    Other,

    /// <summary>Somebody else changed it, or it is being changed: read again, wait a little.</summary>
    Busy,

    /// <summary>Too many calls: fewer.</summary>
    Throttled,

    /// <summary>What was to be added is there.</summary>
    Duplicate,

    /// <summary>What was to be removed or used is not there.</summary>
    NotFound,

    /// <summary>A quota is used up.</summary>
    Full,

    /// <summary>The role lacks a right, or the credentials are none.</summary>
    Denied,
}

/// <summary>EC2's codes, sorted by what follows from them.</summary>
internal static class Ec2Refusals
{
    /// <summary>Did a service say no, rather than fail?</summary>
    public static bool IsRefused(AmazonServiceException told) => (int)told.StatusCode is >= 400 and < 500 || Of(told.ErrorCode ?? "", "") is Ec2Refusal.Throttled;

    /// <summary>Does a code say that temporary keys are over?</summary>
    public static bool IsExpired(string? code) => code is "RequestExpired" or "ExpiredToken" or "ExpiredTokenException";

    /// <summary>What follows from a code.</summary>
    public static Ec2Refusal Of(string code, string message) => code switch
    {
        "IncorrectState" or "PrefixListVersionMismatch" or "ConcurrentMutationLimitExceeded" => Ec2Refusal.Busy,
        // A version that is not above the current one is the same race, told in other words.
        "InvalidParameterValue" when message.Contains("version", StringComparison.OrdinalIgnoreCase) => Ec2Refusal.Busy,
        "RequestLimitExceeded" or "Throttling" or "ThrottlingException" => Ec2Refusal.Throttled,
        "InvalidPermission.Duplicate" or "NetworkAclEntryAlreadyExists" => Ec2Refusal.Duplicate,
        "InvalidPrefixListModification" when message.Contains("already exists", StringComparison.Ordinal) => Ec2Refusal.Duplicate,
        "RulesPerSecurityGroupLimitExceeded" or "PrefixListMaxEntriesExceeded" or "NetworkAclEntryLimitExceeded" => Ec2Refusal.Full,
        "UnauthorizedOperation" or "AuthFailure" or "InvalidClientTokenId" or "AccessDenied" or "OptInRequired" or NoCredentialsException.Anything => Ec2Refusal.Denied,
        _ when IsExpired(code) => Ec2Refusal.Denied,
        _ when code.EndsWith(".NotFound", StringComparison.Ordinal) || code.EndsWith(".Malformed", StringComparison.Ordinal) => Ec2Refusal.NotFound,
        _ => Ec2Refusal.Other,
    };
}
