using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>One lab for all scenarios, one after the other: they share a gateway.</summary>
[CollectionDefinition(Name)]
public sealed class LabFixture : ICollectionFixture<Vpc>
{
    public const string Name = "lab";
}
