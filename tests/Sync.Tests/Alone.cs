namespace DnsGuard.Sync.Tests;

/// <summary>For tests that need both processors, or that time a program of somebody else's: nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
