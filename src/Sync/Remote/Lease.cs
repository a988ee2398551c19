using DnsGuard.Policy.Documents;

namespace DnsGuard.Sync.Remote;

/// <summary>For how long a slot is wanted by one group on some of its ports.</summary>
/// <param name="Group">For whom.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Until">When the grant ends, by the monotonic clock.</param>
/// <param name="AnsweredUntil">When the last client that was told the address may have forgotten it; before that it cannot be taken away for others.</param>
/// <param name="Name">The name it was opened for.</param>
/// <param name="Number">The order in which leases were made.</param>
internal readonly record struct Lease(string Group, PortRange Ports, long Until, long AnsweredUntil, string Name, long Number);
