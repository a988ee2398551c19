using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Targets;

/// <summary>What can be open at a target: an address, for a group, on some ports.</summary>
/// <param name="Group">For whom.</param>
/// <param name="Address">Which address.</param>
/// <param name="Ports">Which ports.</param>
internal readonly record struct AllowEntry(string Group, InternetAddress Address, PortRange Ports);

/// <summary>An entry that shall be open, or was found to be.</summary>
/// <param name="Entry">Which.</param>
/// <param name="Remaining">For how long from now.</param>
/// <param name="Note">The name it was opened for; it travels to the target, so that a ledger that is lost can be rebuilt from there.</param>
/// <param name="IsOpen">Is it open already, so that only its time is extended?</param>
internal readonly record struct TimedEntry(AllowEntry Entry, TimeSpan Remaining, string Note, bool IsOpen)
{
    /// <summary>For how long from now clients may go on using the answer it was opened for; zero where no answer is being given.</summary>
    public TimeSpan Answered { get; init; }
}
