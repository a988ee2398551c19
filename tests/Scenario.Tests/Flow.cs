using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>A TCP connection with lines going both ways, ten a second.</summary>
internal sealed class Flow : IDisposable
{
    private const string Script = "exec 3<>/dev/tcp/$0/443; for i in $(seq 600); do echo line $i >&3; read -t 3 answer <&3 || exit 9; echo $answer; sleep 0.1; done";

    private readonly Daemon _daemon;

    public Flow(string space, string address) => _daemon = Vpc.StartIn(space, "bash", "-c", Script, address);

    /// <summary>More lines must come back than so far.</summary>
    public void MustAdvance()
    {
        var before = Lines;
        Wait.Until(() => Lines >= before + 3, TimeSpan.FromSeconds(3), $"lines come back; so far {before}", () => _daemon.Log);
    }

    public void Dispose() => _daemon.Dispose();

    private int Lines => _daemon.Log.Split('\n').Count(line => line.StartsWith("line ", StringComparison.Ordinal));
}
