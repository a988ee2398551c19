using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>What brings addresses from answers into a security group.</summary>
internal interface IDriver
{
    string Name { get; }

    DirectEc2 Ec2 { get; }

    /// <summary>An answer is at hand. Completes when it may leave; what it may hold, and for how long.</summary>
    Pending Ask(SimulatedName name, InternetAddress[] addresses, int ttl);

    /// <summary>A tenth of a second has passed.</summary>
    void Step(long now);
}

/// <summary>An answer on its way out.</summary>
internal sealed class Pending(IReadOnlyList<InternetAddress> granted)
{
    /// <summary>What is granted for it from the moment it was asked for.</summary>
    public IReadOnlyList<InternetAddress> Granted => granted;

    public bool IsDone { get; private set; }

    /// <summary>What the client is told; empty where the query fails.</summary>
    public IReadOnlyList<InternetAddress> Addresses { get; private set; } = [];

    /// <summary>For how many seconds.</summary>
    public int Ttl { get; private set; }

    public void Answer(IReadOnlyList<InternetAddress> addresses, int ttl) => (Addresses, Ttl, IsDone) = (addresses, ttl, true);
}
