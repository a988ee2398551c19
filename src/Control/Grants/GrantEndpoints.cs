using DnsGuard.Control.Policies;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Grants;

/// <summary>Handlers for grants, addresses, targets and feeds.</summary>
internal sealed class GrantEndpoints(ControlServices services)
{
    public IResult List(string? group, string? address, string? name, string? cursor, int? limit)
    {
        InternetAddress? only = null;
        if (address is not null)
        {
            if (!InternetAddress.TryParse(address, out var parsed))
                return BadAddress(address);
            only = parsed;
        }

        var most = Paging.Limit(limit);
        var grants = services.Grants.List(group, only, name, cursor, most);
        return Results.Json(new Page<GrantBody>([.. grants.Select(GrantBody.Of)], grants.Count < most ? null : grants[^1].Id));
    }

    public IResult Revoke(string id, bool cut = false) => services.Grants.Revoke(id, cut)
        ? Results.Accepted()
        : Problems.NotFound($"grant '{id}'");

    public IResult Explain(string address, DateTimeOffset? at)
    {
        if (!InternetAddress.TryParse(address, out var parsed))
            return BadAddress(address);
        var open = at is null ? services.Grants.List(null, parsed, null, null, 1_000) : [];
        var history = services.Journal.Explain(parsed, at?.ToUnixTimeMilliseconds(), 100);
        return Results.Json(new AddressBody(parsed.ToString(), at, at is null ? open.Count > 0 : IsOpen(history), [.. open.Select(GrantBody.Of)], [.. history.Select(GrantEventBody.Of)]));
    }

    public IResult ListTargets() => Results.Json(new Page<TargetStatus>(services.Targets.Targets));

    public IResult ReadTarget(string name) => services.Targets.Targets.FirstOrDefault(target => target.Name == name) is { } target
        ? Results.Json(target)
        : Problems.NotFound($"target '{name}'");

    public IResult Reconcile(string name) => services.Targets.Reconcile(name) ? Results.Accepted() : Problems.NotFound($"target '{name}'");

    // What was not over at that moment, newest first: a revocation closes the address for its own group and ports only.
    private static bool IsOpen(IReadOnlyList<GrantEvent> history) =>
        history.DistinctBy(happened => (happened.Group, happened.Ports)).Any(happened => happened.Kind is GrantEventKind.Opened);

    private static IResult BadAddress(string address) =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-address", $"'{address}' is not an address", "Give one address, such as 192.0.2.1 or 2001:db8::1");
}

/// <summary>A grant as the API shows it.</summary>
/// <param name="Id">Identifies it while it lasts.</param>
/// <param name="Group">For whom.</param>
/// <param name="Address">Which address.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Until">Until when.</param>
/// <param name="Name">The name that was answered.</param>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Targets">Where it is open.</param>
public sealed record GrantBody(string Id, string Group, string Address, string Ports, DateTimeOffset Until, string Name, string Type, string? Rule, long Revision, IReadOnlyList<string> Targets)
{
    internal static GrantBody Of(Grant grant) => new(
        grant.Id, grant.Group, grant.Address.ToString(), grant.Ports.ToString(), grant.Until, grant.Name, RecordTypeText.Write(grant.Type), grant.Rule, grant.Revision, grant.Targets);
}

/// <summary>A line of the grant journal as the API shows it.</summary>
/// <param name="Kind">opened or revoked.</param>
/// <param name="At">When.</param>
/// <param name="Until">Until when it was to be open.</param>
/// <param name="Group">For whom.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Name">The name that was answered.</param>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Aliases">The alias chain.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Revision">The revision.</param>
public sealed record GrantEventBody(string Kind, DateTimeOffset At, DateTimeOffset Until, string Group, string Ports, string Name, string Type, IReadOnlyList<string> Aliases, string? Rule, long Revision)
{
    internal static GrantEventBody Of(GrantEvent happened) => new(
        ChoiceText.Write(happened.Kind), DateTimeOffset.FromUnixTimeMilliseconds(happened.At), DateTimeOffset.FromUnixTimeMilliseconds(happened.Until), happened.Group, happened.Ports.ToString(),
        happened.Name, RecordTypeText.Write(happened.Type), happened.Aliases.Split(' ', StringSplitOptions.RemoveEmptyEntries), happened.Rule, happened.Revision);
}

/// <summary>Why an address is, or was, open.</summary>
/// <param name="Address">Which.</param>
/// <param name="At">At which moment; absent for now.</param>
/// <param name="IsOpen">Is it, or was it, open?</param>
/// <param name="Grants">What holds it open now.</param>
/// <param name="History">What happened to it, newest first.</param>
public sealed record AddressBody(string Address, DateTimeOffset? At, bool IsOpen, IReadOnlyList<GrantBody> Grants, IReadOnlyList<GrantEventBody> History);
