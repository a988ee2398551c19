namespace DnsGuard.Host.Tests;

/// <summary>For tests whose other side has to answer within a second or two: nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
