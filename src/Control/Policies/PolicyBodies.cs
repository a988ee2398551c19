using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Policies;

/// <summary>A rule as the API shows it.</summary>
public sealed record RuleBody
{
    /// <summary>Identifies the rule within its list or group.</summary>
    public string? Id { get; init; }

    /// <summary>The pattern that is allowed; this or <see cref="Deny"/>.</summary>
    public string? Allow { get; init; }

    /// <summary>The pattern that is denied.</summary>
    public string? Deny { get; init; }

    /// <summary>Ports that an allowed name's addresses open: tcp/443, udp/8000-8080, any.</summary>
    public IReadOnlyList<string>? Ports { get; init; }

    /// <summary>Types that may be asked for.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>The moment from which the rule counts no more.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; init; }

    /// <summary>Why it is there.</summary>
    public string? Comment { get; init; }

    /// <summary>Where it was asked for.</summary>
    public string? Ticket { get; init; }

    /// <summary><c>allow</c> accepts answers in private ranges.</summary>
    public string? Private { get; init; }

    /// <summary><c>require</c> opens only what was validated.</summary>
    public string? Dnssec { get; init; }

    /// <summary>How long answers may wait for their grants: 250ms.</summary>
    public string? Hold { get; init; }

    /// <summary>Addresses per family that a quota target pins.</summary>
    public int? Pin { get; init; }

    /// <summary>The managed list of AWS that stands for the name's addresses: com.amazonaws.{region}.s3.</summary>
    public string? Via { get; init; }

    /// <summary>The breadth of the pattern is meant.</summary>
    public bool? Broad { get; init; }

    /// <summary><c>everything</c> lets <c>*</c> stand alone.</summary>
    public string? Confirm { get; init; }

    /// <summary>The name is kept resolved.</summary>
    public bool? Warm { get; init; }

    internal static RuleBody Of(RuleDocument rule) => new()
    {
        Id = rule.Id,
        Allow = rule.Action is RuleAction.Allow ? rule.Pattern.Text : null,
        Deny = rule.Action is RuleAction.Deny ? rule.Pattern.Text : null,
        Ports = rule.Action is RuleAction.Deny ? null : [.. rule.Ports.Ranges.Select(range => range.ToString())],
        Types = rule.Types is null ? null : [.. rule.Types.Select(RecordTypeText.Write)],
        Expires = rule.Expires,
        Owner = rule.Owner,
        Comment = rule.Comment,
        Ticket = rule.Ticket,
        Private = rule.AllowsPrivate ? "allow" : null,
        Dnssec = rule.RequiresDnssec ? "require" : null,
        Hold = rule.Hold is { } hold ? DurationText.Write(hold) : null,
        Pin = rule.Pin,
        Via = rule.Via,
        Broad = rule.IsBroad ? true : null,
        Confirm = rule.ConfirmsEverything ? "everything" : null,
        Warm = rule.IsWarm ? true : null,
    };
}

/// <summary>A list as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Comment">A note.</param>
/// <param name="Rules">Its rules.</param>
public sealed record ListBody(string Name, string? Comment, IReadOnlyList<RuleBody> Rules)
{
    internal static ListBody Of(ListDocument list) => new(list.Name, list.Comment, new RuleBodies(list.Rules));
}

/// <summary>A group as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Comment">A note.</param>
/// <param name="Clients">Where its clients are.</param>
/// <param name="Mode">enforce or audit.</param>
/// <param name="Lists">Shared lists it uses.</param>
/// <param name="BlockResponse">nxdomain, nodata, refused or sinkhole.</param>
/// <param name="Aliases">trust or inspect.</param>
/// <param name="Families">both, ipv4 or ipv6.</param>
/// <param name="Ech">strip or allow.</param>
/// <param name="Tunnels">alert, block or off.</param>
/// <param name="QueryLog">full, anonymous or counts.</param>
/// <param name="Grace">default, jvm, node, dotnet or a duration.</param>
/// <param name="Targets">Where its grants go; absent for everywhere.</param>
/// <param name="Rules">Its own rules.</param>
public sealed record GroupBody(
    string Name,
    string? Comment,
    IReadOnlyList<string> Clients,
    string Mode,
    IReadOnlyList<string> Lists,
    string BlockResponse,
    string Aliases,
    string Families,
    string Ech,
    string Tunnels,
    string QueryLog,
    string Grace,
    IReadOnlyList<string>? Targets,
    IReadOnlyList<RuleBody> Rules)
{
    internal static GroupBody Of(GroupDocument group) => new(
        group.Name,
        group.Comment,
        [.. group.Clients.Select(client => client.ToString())],
        ChoiceText.Write(group.Mode),
        group.Lists,
        ChoiceText.Write(group.BlockResponse),
        ChoiceText.Write(group.Aliases),
        ChoiceText.Write(group.Families),
        ChoiceText.Write(group.Ech),
        ChoiceText.Write(group.Tunnels),
        ChoiceText.Write(group.QueryLog),
        group.Grace.Name,
        group.Targets,
        new RuleBodies(group.Rules));
}

/// <summary>A page of something.</summary>
/// <typeparam name="T">Of what.</typeparam>
/// <param name="Items">What is on it.</param>
/// <param name="NextCursor">Send it as <c>cursor</c> for the next page; absent on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor = null);

/// <summary>The policy in force.</summary>
/// <param name="Revision">Its number.</param>
/// <param name="Lists">Shared lists.</param>
/// <param name="Groups">Groups of clients.</param>
public sealed record PolicyBody(long Revision, IReadOnlyList<ListBody> Lists, IReadOnlyList<GroupBody> Groups);

/// <summary>What an edit changed, or would change.</summary>
/// <param name="Revision">The revision in force now.</param>
/// <param name="DryRun">Was nothing changed?</param>
/// <param name="Changes">What differs: the first thousand changes.</param>
/// <param name="ChangeCount">How many changes there are.</param>
public sealed record EditBody(long Revision, bool DryRun, IReadOnlyList<PolicyChange> Changes, int ChangeCount);

/// <summary>What differs between two revisions.</summary>
/// <param name="Revision">The later one.</param>
/// <param name="Against">The earlier one.</param>
/// <param name="Changes">What differs: the first thousand changes.</param>
/// <param name="ChangeCount">How many changes there are.</param>
public sealed record ComparisonBody(long Revision, long Against, IReadOnlyList<PolicyChange> Changes, int ChangeCount);

/// <summary>A stored revision.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it was written.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Comment">Why.</param>
/// <param name="Text">The whole policy, YAML; absent in lists.</param>
public sealed record RevisionBody(long Number, DateTimeOffset At, string Author, string Comment, string? Text);

/// <summary>A question to be judged without being asked.</summary>
/// <param name="Client">From which address.</param>
/// <param name="Name">Which name.</param>
/// <param name="Type">Which type; A where absent.</param>
public sealed record VerdictQuestion(string? Client, string? Name, string? Type);

/// <summary>How a question would be judged.</summary>
/// <param name="Outcome">allowed, audited, blocked or refused.</param>
/// <param name="Reason">Why.</param>
/// <param name="Group">The client's group.</param>
/// <param name="List">The list that the deciding rule stands in, if it is a list's.</param>
/// <param name="Rule">The deciding rule.</param>
/// <param name="Ports">What an answer would open.</param>
/// <param name="Revision">Judged by this revision.</param>
public sealed record VerdictBody(string Outcome, string Reason, string? Group, string? List, RuleBody? Rule, IReadOnlyList<string>? Ports, long Revision);

/// <summary>Many changes to the rules of one list or group, all of them or none.</summary>
/// <param name="Add">Rules to add, at most 1,000 changes in all.</param>
/// <param name="Remove">Ids of rules to remove.</param>
public sealed record RuleBatch(IReadOnlyList<RuleBody>? Add, IReadOnlyList<string>? Remove);
