using System.Collections.Concurrent;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests;

/// <summary>A ledger that remembers what it was asked to open, and may be slow, fail, be late or change its epoch.</summary>
internal sealed class GrantRecorder(TimeProvider time) : IGrantSink, IGrantView
{
    private int _epoch = 1;

    public ConcurrentQueue<GrantRequest> Requests { get; } = [];

    public GrantStatus Status { get; set; } = GrantStatus.Open;

    /// <summary>How long what is opened stays open beyond its TTL.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests wait for this one, if there is one.</summary>
    public Task? Gate { get; set; }

    public bool IgnoresCancellation { get; set; }

    public ConcurrentDictionary<(string Group, InternetAddress Address), string> Names { get; } = [];

    /// <summary>Which addresses may be told; by default all.</summary>
    public Func<ChoiceRequest, IReadOnlyList<InternetAddress>?> Chooses { get; set; } = static _ => null;

    public IReadOnlyList<InternetAddress>? Choose(ChoiceRequest request) => Chooses(request);

    public uint Epoch => (uint)Volatile.Read(ref _epoch);

    public int Count => Names.Count;

    public void BumpEpoch() => Interlocked.Increment(ref _epoch);

    public async ValueTask<GrantResult> OpenAsync(GrantRequest request, CancellationToken cancel)
    {
        Requests.Enqueue(request);
        if (Gate is { } gate)
            await gate.WaitAsync(IgnoresCancellation ? CancellationToken.None : cancel);
        if (Status is GrantStatus.Open)
        {
            foreach (var address in request.Addresses)
                Names[(request.Group.Name, address)] = request.Name.ToString();
        }

        return new GrantResult(Status, Moment.MonotonicOf(time) + (long)(request.Ttl + Grace).TotalMilliseconds, Epoch);
    }

    public IReadOnlyList<Grant> List(string? group, InternetAddress? address, string? name, string? after, int limit) =>
        group is not null && address is { } one && Names.TryGetValue((group, one), out var known)
            ? [new Grant("1", group, one, PortRange.Any, DateTimeOffset.MaxValue, known, one.Type, null, 1, [])]
            : [];

    public bool Revoke(string id) => false;
}
