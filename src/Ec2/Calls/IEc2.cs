namespace DnsGuard.Ec2.Calls;

/// <summary>One account and region. Operations are extension methods over this one call.</summary>
public interface IEc2
{
    /// <summary>Calls an operation, within its deadline and our own share of the API's rate.</summary>
    /// <param name="action">The operation's name.</param>
    /// <param name="form">Its parameters.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="Ec2Exception">EC2 refused; nothing was changed.</exception>
    /// <exception cref="UnknownOutcomeException">Nobody can say whether anything was changed: read again.</exception>
    Task<Reply> CallAsync(string action, QueryForm form, CancellationToken cancel = default);
}

/// <summary>What operations have in common.</summary>
internal static class Paging
{
    /// <summary>All pages of a Describe call.</summary>
    /// <param name="ec2">Whom to ask.</param>
    /// <param name="action">The operation.</param>
    /// <param name="compose">Writes the parameters; called for each page.</param>
    /// <param name="list">The list in each answer.</param>
    /// <param name="read">Takes a member of it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(this IEc2 ec2, string action, Action<QueryForm> compose, string list, Func<Reply, T> read, CancellationToken cancel)
    {
        var all = new List<T>();
        string? token = null;
        do
        {
            var form = new QueryForm();
            compose(form);
            var reply = await ec2.CallAsync(action, form.Set("NextToken", token), cancel).ConfigureAwait(false);
            all.AddRange(reply.Items(list).Select(read));
            token = reply["nextToken"].Text;
        }
        while (token is not null);
        return all;
    }
}
