using System.Globalization;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>A policy as people write it: lists of rules, and groups of clients that use them.</summary>
public sealed record PolicyDocument(IReadOnlyList<ListDocument> Lists, IReadOnlyList<GroupDocument> Groups)
{
    /// <summary>The value of <c>apiVersion</c>.</summary>
    public const string ApiVersion = "dnsguard/v1";

    /// <summary>The value of <c>kind</c>.</summary>
    public const string Kind = "Policy";

    /// <summary>Nothing is allowed to anybody.</summary>
    public static PolicyDocument Empty { get; } = new([], []);
}

/// <summary>A named set of rules that groups share.</summary>
public sealed record ListDocument(string Name, string? Comment, RuleList Rules, Place Place);

/// <summary>Clients that share an allowlist.</summary>
public sealed record GroupDocument(string Name, Place Place)
{
    /// <summary>The name of the group for clients that no other group's blocks hold.</summary>
    public const string DefaultName = "default";

    /// <summary>A note for people.</summary>
    public string? Comment { get; init; }

    /// <summary>Where the clients are; the most specific block decides between groups. Empty only for <see cref="DefaultName"/>.</summary>
    public IReadOnlyList<AddressRange> Clients { get; init; } = [];

    /// <summary>What happens to names no rule allows.</summary>
    public GroupMode Mode { get; init; }

    /// <summary>Names of shared lists.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>The group's own rules.</summary>
    public RuleList Rules { get; init; } = [];

    /// <summary>What a blocked query gets.</summary>
    public BlockResponse BlockResponse { get; init; }

    /// <summary>Whose rules an alias chain needs.</summary>
    public AliasPolicy Aliases { get; init; }

    /// <summary>Which addresses the group may have.</summary>
    public AddressFamilies Families { get; init; }

    /// <summary>What happens to Encrypted ClientHello keys.</summary>
    public EchPolicy Ech { get; init; }

    /// <summary>What happens to queries that look like a tunnel.</summary>
    public TunnelPolicy Tunnels { get; init; }

    /// <summary>What the query log may know.</summary>
    public LogPrivacy QueryLog { get; init; }

    /// <summary>How long grants outlive the TTL.</summary>
    public GrantGrace Grace { get; init; } = GrantGrace.Default;

    /// <summary>Where grants go; null means every target that the configuration names.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Where single clients, lists and targets stood.</summary>
    public IReadOnlyDictionary<(string Key, int Index), Place> Places { get; init; } = new Dictionary<(string, int), Place>();

    /// <summary>Where the member of <c>clients</c>, <c>lists</c> or <c>targets</c> with this index stood; the group's line where that is not known.</summary>
    public Place PlaceOf(string key, int index) => Places.GetValueOrDefault((key, index), Place.Child(key));
}

/// <summary>One line somebody wrote: allow or deny a pattern.</summary>
public sealed record RuleDocument(string Id, RuleAction Action, NamePattern Pattern, Place Place)
{
    /// <summary>A rule that has nothing but a pattern; its id follows from what it says.</summary>
    public static RuleDocument Plain(RuleAction action, NamePattern pattern, Place place) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{RuleCodec.DerivedIdPrefix}{RuleId.Derive(action, pattern.Text, []):x16}"), action, pattern, place);

    /// <summary>Which ports an allowed name's addresses open.</summary>
    public PortSet Ports { get; init; } = PortSet.Default;

    /// <summary>Which types may be asked; null: the address types for allow, every type for deny.</summary>
    public IReadOnlyList<RecordType>? Types { get; init; }

    /// <summary>The moment from which the rule counts no more.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Who answers for the rule.</summary>
    public string? Owner { get; init; }

    /// <summary>Why it is there.</summary>
    public string? Comment { get; init; }

    /// <summary>Where it was asked for.</summary>
    public string? Ticket { get; init; }

    /// <summary>Are answers in private ranges accepted?</summary>
    public bool AllowsPrivate { get; init; }

    /// <summary>Must the answer be validated Secure before anything opens?</summary>
    public bool RequiresDnssec { get; init; }

    /// <summary>How long an answer may wait for its grants; null: as the target says.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>How many addresses per family a quota target pins for the name; null: as the target says.</summary>
    public int? Pin { get; init; }

    /// <summary>The managed list of AWS that covers the name's addresses, such as <c>com.amazonaws.{region}.s3</c>: targets refer to it instead of opening each address; null: they open each.</summary>
    public string? Via { get; init; }

    /// <summary>Was the breadth of the pattern meant?</summary>
    public bool IsBroad { get; init; }

    /// <summary>Was <c>*</c> meant?</summary>
    public bool ConfirmsEverything { get; init; }

    /// <summary>Is the name kept resolved before anybody asks?</summary>
    public bool IsWarm { get; init; }
}

/// <summary>Where a piece of a document stood.</summary>
public readonly record struct Place(string Pointer, int Line, int Column)
{
    /// <summary>The place of a node.</summary>
    public static Place Of(TextNode node) => new(node.Pointer, node.Line, node.Column);

    /// <summary>The same piece's child.</summary>
    public Place Child(string key) => this with { Pointer = $"{Pointer}/{key}" };
}
