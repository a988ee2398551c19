using DnsGuard.Control.Policies;

namespace DnsGuard.Control.WhatIf;

/// <summary>A policy to be tried on recorded queries.</summary>
/// <param name="Policy">The whole draft, YAML or JSON.</param>
/// <param name="Since">Queries from when on; a week ago where absent.</param>
/// <param name="Until">Until when; now where absent.</param>
/// <param name="Group">Only queries of this group, as it was called then.</param>
public sealed record SimulationRequest(string? Policy, DateTimeOffset? Since, DateTimeOffset? Until, string? Group);

/// <summary>What a draft would change.</summary>
/// <param name="Revision">The revision that it was compared with.</param>
/// <param name="Since">Queries from when on.</param>
/// <param name="Until">Until when.</param>
/// <param name="Rows">Rows that were replayed.</param>
/// <param name="Queries">Queries that they stand for.</param>
/// <param name="IsComplete">Was every question judged? False where more than the most that are told apart were asked.</param>
/// <param name="NewlyBlockedCount">Questions that would not be answered any more.</param>
/// <param name="NewlyAllowedCount">Questions that would be answered from then on.</param>
/// <param name="BlockedQueries">Queries of the former.</param>
/// <param name="AllowedQueries">Queries of the latter.</param>
/// <param name="ClientsAffected">Clients with a question whose verdict changes.</param>
/// <param name="NewlyBlocked">The first thousand, the most asked first.</param>
/// <param name="NewlyAllowed">The first thousand, the most asked first.</param>
/// <param name="Grants">What it would do to grants in force.</param>
public sealed record SimulationBody(
    long Revision,
    DateTimeOffset Since,
    DateTimeOffset Until,
    long Rows,
    long Queries,
    bool IsComplete,
    int NewlyBlockedCount,
    int NewlyAllowedCount,
    long BlockedQueries,
    long AllowedQueries,
    int ClientsAffected,
    IReadOnlyList<VerdictChangeBody> NewlyBlocked,
    IReadOnlyList<VerdictChangeBody> NewlyAllowed,
    GrantsEffectBody Grants);

/// <summary>A question whose verdict changes.</summary>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="Group">The clients' group now.</param>
/// <param name="DraftGroup">And by the draft.</param>
/// <param name="Client">One of the clients.</param>
/// <param name="Clients">How many; 32 means at least so many.</param>
/// <param name="Queries">How often it was asked.</param>
/// <param name="LastSeen">When last.</param>
/// <param name="NowRule">The rule that decides now.</param>
/// <param name="DraftRule">The rule that would.</param>
/// <param name="Reason">Why the draft decides so.</param>
public sealed record VerdictChangeBody(string Name, string Type, string? Group, string? DraftGroup, string Client, int Clients, long Queries, DateTimeOffset LastSeen, string? NowRule, string? DraftRule, string Reason);

/// <summary>What a draft would do to what is open.</summary>
/// <param name="InForce">Grants in force.</param>
/// <param name="Closed">Of these, grants that no rule of the draft backs.</param>
/// <param name="Targets">The same by target, with its room.</param>
public sealed record GrantsEffectBody(int InForce, int Closed, IReadOnlyList<TargetEffectBody> Targets);

/// <summary>What a draft would do to a target.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Closed">Grants that would be closed there.</param>
/// <param name="Used">Entries that it uses now; absent where it has no quota.</param>
/// <param name="Limit">Entries that it can hold.</param>
public sealed record TargetEffectBody(string Target, int Closed, int? Used, int? Limit);

/// <summary>From which queries rules shall be proposed.</summary>
/// <param name="Since">From when on; a week ago where absent.</param>
/// <param name="Until">Until when; now where absent.</param>
/// <param name="Group">Only for this group.</param>
public sealed record SuggestionRequest(DateTimeOffset? Since, DateTimeOffset? Until, string? Group);

/// <summary>Rules that queries ask for, and rules that reach further than queries do.</summary>
/// <param name="Days">Days looked at.</param>
/// <param name="Suggestions">Rules to add, the most certain first.</param>
/// <param name="Tighten">Wildcards that few names use.</param>
/// <param name="Yaml">All of it as a diff of the policy.</param>
public sealed record SuggestionsBody(int Days, IReadOnlyList<SuggestionBody> Suggestions, IReadOnlyList<TighteningBody> Tighten, string Yaml);

/// <summary>A rule to add.</summary>
/// <param name="Group">To which group.</param>
/// <param name="Domain">The registrable domain.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Names">Names that were asked for.</param>
/// <param name="Queries">How often.</param>
/// <param name="Clients">By how many clients.</param>
/// <param name="DaysSeen">On how many days.</param>
/// <param name="Days">Of how many.</param>
/// <param name="Confidence">From 0 to 1: half by days seen, the rest by clients and queries.</param>
public sealed record SuggestionBody(string Group, string Domain, RuleBody Rule, IReadOnlyList<string> Names, long Queries, int Clients, int DaysSeen, int Days, double Confidence);

/// <summary>A wildcard that could be a few names.</summary>
/// <param name="Holder">groups/NAME or lists/NAME.</param>
/// <param name="Rule">The wildcard.</param>
/// <param name="Names">All names that it was used for.</param>
/// <param name="Queries">How often.</param>
/// <param name="Replacement">What could stand in its place.</param>
public sealed record TighteningBody(string Holder, RuleBody Rule, IReadOnlyList<string> Names, long Queries, IReadOnlyList<RuleBody> Replacement);

/// <summary>How rules are used.</summary>
/// <param name="Since">Looked at from then on.</param>
/// <param name="Used">Rules that decided something.</param>
/// <param name="Unused">Rules that decided nothing.</param>
/// <param name="Shadowed">Rules that a wider one makes needless.</param>
/// <param name="Expired">Rules that count no more.</param>
/// <param name="Rules">The first five thousand, those with a remark first.</param>
public sealed record ReviewBody(DateTimeOffset Since, int Used, int Unused, int Shadowed, int Expired, IReadOnlyList<ReviewedRuleBody> Rules);

/// <summary>How one rule is used.</summary>
/// <param name="Holder">groups/NAME or lists/NAME.</param>
/// <param name="Rule">The rule.</param>
/// <param name="State">used, unused, shadowed or expired.</param>
/// <param name="ShadowedBy">The id of the wider rule.</param>
/// <param name="Queries">Queries that it decided.</param>
/// <param name="LastSeen">The last of them.</param>
public sealed record ReviewedRuleBody(string Holder, RuleBody Rule, string State, string? ShadowedBy, long Queries, DateTimeOffset? LastSeen);
