namespace DnsGuard.Control.QueryLogs;

/// <summary>How many queries there were, exactly.</summary>
/// <param name="Since">From when on.</param>
/// <param name="Until">Until when.</param>
/// <param name="Rows">Rows of the log that they are: as many lines has an export.</param>
/// <param name="Queries">All of them.</param>
/// <param name="Allowed">A rule allowed them.</param>
/// <param name="Audited">They would have been blocked, but the group is in audit mode.</param>
/// <param name="Blocked">They were blocked.</param>
/// <param name="Refused">Their clients may not ask at all.</param>
/// <param name="Failed">Of all: answered with SERVFAIL.</param>
/// <param name="Clients">How many clients asked; a million means at least a million.</param>
/// <param name="Names">For how many names; likewise.</param>
/// <param name="Kept">Queries in the rows of the whole log.</param>
/// <param name="Lost">Queries of the whole log that are in no row: forgotten, or there was no room.</param>
public sealed record SummaryBody(DateTimeOffset? Since, DateTimeOffset? Until, long Rows, long Queries, long Allowed, long Audited, long Blocked, long Refused, long Failed, int Clients, int Names, long Kept, long Lost);

/// <summary>Queries over time.</summary>
/// <param name="Step">The length of a step, in seconds.</param>
/// <param name="Points">The steps in which there were queries, the oldest first.</param>
public sealed record TimeseriesBody(long Step, IReadOnlyList<TimePointBody> Points);

/// <summary>The queries of one step.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Allowed">A rule allowed them.</param>
/// <param name="Audited">They would have been blocked.</param>
/// <param name="Blocked">They were blocked.</param>
/// <param name="Refused">Their clients may not ask.</param>
public sealed record TimePointBody(DateTimeOffset At, long Allowed, long Audited, long Blocked, long Refused);

/// <summary>One of the largest.</summary>
/// <param name="Key">The name, client, group, rule, type or reason.</param>
/// <param name="Queries">How many.</param>
/// <param name="LastSeen">The last one.</param>
public sealed record TopBody(string Key, long Queries, DateTimeOffset LastSeen);

/// <summary>A name that was blocked for a group.</summary>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE of the last query.</param>
/// <param name="Group">The group.</param>
/// <param name="Client">Who asked last.</param>
/// <param name="Clients">How many asked; 32 for each type means at least so many.</param>
/// <param name="Queries">How often.</param>
/// <param name="FirstSeen">The first one.</param>
/// <param name="LastSeen">The last one.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">By which rule.</param>
/// <param name="AllowedNow">Would the policy in force allow it?</param>
/// <param name="Request">What the last client was told to name.</param>
public sealed record RecentBlockedBody(string Name, string Type, string? Group, string Client, int Clients, long Queries, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, string Reason, string? Rule, bool AllowedNow, string? Request);
