using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>"Open this; tell me when it is open": what the resolver knows of enforcement. The ledger implements it, in a project the resolver cannot see.</summary>
public interface IGrantSink
{
    /// <summary>Bumped whenever something that was open may have closed early: a revocation, a vanished table.</summary>
    uint Epoch { get; }

    /// <summary>Which addresses of an answer may be told; some of them may be known from earlier answers only. Null: all of this one.</summary>
    IReadOnlyList<InternetAddress>? Choose(ChoiceRequest request) => null;

    /// <summary>Opens all addresses of an answer at all targets of the group, and waits for it within the hold budget.</summary>
    ValueTask<GrantResult> OpenAsync(GrantRequest request, CancellationToken cancel);
}
