namespace DnsGuard.Sync.Programs;

/// <summary>A target that an operator's program keeps.</summary>
/// <param name="Command">The program and its arguments; no shell reads them. A name without a slash is looked for in <see cref="ProgramStart.Path"/>.</param>
public sealed record CommandTargetOptions(IReadOnlyList<string> Command)
{
    /// <summary>How long one request may take, 100 ms to 2 min.</summary>
    /// <remarks>After it nobody knows what became of the request, so the program is asked what it has; 5 s is what most device APIs answer within.</remarks>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Entries of one request at most, 1 to 1,000.</summary>
    /// <remarks>Small enough that a program that makes one call for each gets through within its deadline.</remarks>
    public int Batch { get; init; } = 100;

    /// <summary>Entries that the place can hold, for IPv4 and IPv6 each, 1 to 10,000,000. Answers that find no room fail.</summary>
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>Names of environment variables that the program gets beside PATH and LANG.</summary>
    /// <remarks>Ours may hold secrets that are none of its business.</remarks>
    public IReadOnlyList<string> Environment { get; init; } = [];
}
