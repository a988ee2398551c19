using DnsGuard.Ec2.Calls;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>EC2 without HTTP, in the time of a test: each call takes as long as calls take, and is counted.</summary>
internal sealed class DirectEc2(FakeRegion region, TimeProvider time, TimeSpan latency) : IEc2
{
    /// <summary>Calls so far.</summary>
    public long Calls { get; private set; }

    /// <summary>Changes so far: who looks at what is open need look only after one.</summary>
    public long Changes { get; private set; }

    public async Task<Reply> CallAsync(string action, QueryForm form, CancellationToken cancel = default)
    {
        Calls++;
        // Done in the middle of the call: the way there takes time, and the way back.
        await Task.Delay(latency / 2, time, cancel).ConfigureAwait(false);
        // As on the wire: the same two fields stand in front of every form.
        List<KeyValuePair<string, string>> fields = [new("Action", action), new("Version", "2016-11-15"), .. form.Fields];
        var (root, code, message) = region.Answer(action, fields.ToDictionary(StringComparer.Ordinal));
        var wrong = Ec2Contract.Instance.CheckRequest(fields).Concat(root is null ? [] : Ec2Contract.Instance.CheckAnswer(action, root)).ToList();
        if (wrong.Count > 0)
            throw new InvalidOperationException(string.Join('\n', wrong));
        Changes += action.StartsWith("Describe", StringComparison.Ordinal) ? 0 : 1;
        await Task.Delay(latency / 2, time, cancel).ConfigureAwait(false);
        return root is null ? throw new Ec2Exception(code, message) : new Reply(root);
    }
}
