using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Policies;

/// <summary>What is to be imported, and how.</summary>
/// <param name="Target">Format, and list or group.</param>
/// <param name="Options">How lines become rules.</param>
/// <param name="IsPreview">Is nothing to be changed?</param>
/// <param name="MaySkip">May lines that cannot be taken over be left behind?</param>
/// <param name="Creates">Is the list made where there is none?</param>
internal sealed record ImportRequest(ExchangeTarget Target, ImportOptions Options, bool IsPreview, bool MaySkip, bool Creates)
{
    public string Format => Target.Format;

    public string Name => Target.Name;

    public bool IsGroup => Target.IsGroup;

    /// <summary>Reads it from the request's parameters.</summary>
    public static bool TryRead(HttpRequest request, out ImportRequest? wanted, out IResult? refusal)
    {
        wanted = null;
        var (mode, service) = (request.Query["mode"].ToString(), request.Query["service"].ToString());
        if (!ExchangeTarget.TryRead(request, out var target, out refusal)
            || !Requests.TryReadFlag(request, "dryRun", "dry-run", out var isPreview, out refusal)
            || !Requests.TryReadFlag(request, "skip", "bad-value", out var maySkip, out refusal)
            || !Requests.TryReadFlag(request, "broad", "bad-value", out var isBroad, out refusal)
            || !Requests.TryReadFlag(request, "create", "bad-value", out var creates, out refusal))
            return false;
        if (mode is not ("" or "merge" or "replace"))
            refusal = ExchangeTarget.Wrong("bad-value", $"'mode' is '{mode}'", "Give merge or replace");
        else if (creates && target!.IsGroup)
            refusal = ExchangeTarget.Wrong("bad-value", "'create' makes lists only, since a group has clients", "Make the group first");
        else if (creates && !PolicyReader.IsName(target!.Name))
            refusal = ExchangeTarget.Wrong("bad-name", $"'{target.Name}' is not a name", "Use lower-case letters, digits and hyphens, a letter first");
        if (refusal is not null)
            return false;
        var options = new ImportOptions { Action = target!.Action, Replaces = mode == "replace", IsBroad = isBroad, Service = service.Length == 0 ? null : service };
        wanted = new ImportRequest(target, options, isPreview, maySkip, creates);
        return true;
    }
}
