using DnsGuard.Ec2;
using DnsGuard.Ec2.Calls;
using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Aws;

/// <summary>What EC2 says → what follows from it, and one sentence for the operator.</summary>
internal static class Ec2Troubles
{
    /// <summary>Calls, and tells what went wrong in our words.</summary>
    /// <exception cref="RemoteException">EC2 refused, or nobody knows.</exception>
    public static async Task<T> ToldAsync<T>(string what, Ec2Options where, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Ec2Exception refusal)
        {
            throw Of(what, where, refusal);
        }
        catch (UnknownOutcomeException unknown)
        {
            throw new RemoteException(RemoteProblem.Unknown, $"{what} in {where.Region} cannot be reached, or does not answer: {unknown.Message.TrimEnd('.')}. Is the region right, and is there a way to its EC2 endpoint from here?", unknown);
        }
    }

    private static RemoteException Of(string what, Ec2Options where, Ec2Exception refusal)
    {
        var problem = refusal.Refusal switch
        {
            Ec2Refusal.Busy => RemoteProblem.Changed,
            Ec2Refusal.Throttled => RemoteProblem.Throttled,
            Ec2Refusal.Duplicate => RemoteProblem.Duplicate,
            Ec2Refusal.Full => RemoteProblem.Full,
            // A rule or an entry that is gone: somebody else took it out. A group or list that is gone is another matter.
            Ec2Refusal.NotFound when refusal.Code.StartsWith("InvalidSecurityGroupRuleId", StringComparison.Ordinal) => RemoteProblem.Changed,
            Ec2Refusal.Other when refusal.Code == "InvalidPrefixListModification" => RemoteProblem.Changed,
            _ => RemoteProblem.Unusable,
        };
        return new RemoteException(problem, Sentence(what, where, refusal), refusal);
    }

    private static string Sentence(string what, Ec2Options where, Ec2Exception refusal)
    {
        var who = where.RoleArn is { } role ? $"the role {role}" : "this node's role";
        var said = refusal.Message.TrimEnd('.');
        return refusal.Refusal switch
        {
            Ec2Refusal.Denied when refusal.Code is "AuthFailure" or "InvalidClientTokenId" => $"{what} cannot be used, since there are no valid credentials for AWS: {said}. Give the node an instance profile, a web identity or keys",
            Ec2Refusal.Denied => $"{what} cannot be used, since {who} lacks a right: {said}. Allow it in the role's policy",
            Ec2Refusal.NotFound => $"{what} is not in {where.Region} of the account that {who} belongs to: {said}. Check the id, the region and the role",
            Ec2Refusal.Full => $"{what} takes no more: {said}. Have the quota raised or the list enlarged, or use more lists",
            Ec2Refusal.Throttled => $"{what} is slow, since EC2 takes no more calls of this account: {said}. Find out who else calls it so often",
            _ => $"{what} was not changed: {refusal.Code}: {said}",
        };
    }
}
