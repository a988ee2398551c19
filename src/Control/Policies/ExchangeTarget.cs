using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Policies;

/// <summary>Which format, and which list or group: what imports and exports both ask for.</summary>
/// <param name="Format">One of <see cref="PolicyExchange.Names"/>.</param>
/// <param name="Name">The name of the list or group.</param>
/// <param name="IsGroup">Is it a group?</param>
/// <param name="Action">What bare names do; null where it is not said.</param>
internal sealed record ExchangeTarget(string Format, string Name, bool IsGroup, RuleAction? Action)
{
    /// <summary>Reads it from the request's parameters.</summary>
    public static bool TryRead(HttpRequest request, out ExchangeTarget? target, out IResult? refusal)
    {
        target = null;
        var (format, list, group, action) = (request.Query["format"].ToString(), request.Query["list"].ToString(), request.Query["group"].ToString(), request.Query["action"].ToString());
        if (!PolicyExchange.Names.Contains(format))
            refusal = Wrong("bad-format", format.Length == 0 ? "'format' is missing" : $"'format' is '{format}'", $"Give one of {string.Join(", ", PolicyExchange.Names)}");
        else if (list.Length == 0 == (group.Length == 0))
            refusal = Wrong("missing-key", "There must be either 'list' or 'group'", "Name the list or the group with list=NAME or group=NAME");
        else if (action is not ("" or "allow" or "deny"))
            refusal = Wrong("bad-value", $"'action' is '{action}'", "Give allow or deny");
        else
            (target, refusal) = (new ExchangeTarget(format, list + group, group.Length > 0, action.Length == 0 ? null : action == "allow" ? RuleAction.Allow : RuleAction.Deny), null);
        return target is not null;
    }

    /// <summary>A parameter is wrong.</summary>
    public static IResult Wrong(string code, string detail, string cure) => Problems.Of(StatusCodes.Status422UnprocessableEntity, code, detail, cure);
}
