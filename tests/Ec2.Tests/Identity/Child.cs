using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>A client in a process of its own: the library reads the environment of the process, and keeps what it read.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Child(Process process) => _process = process;

    /// <summary>Answers so far.</summary>
    public List<ChildAnswer> Answers { get; } = [];

    /// <summary>Starts one, whose environment tells nothing of AWS but what is given.</summary>
    public static Child Start(Ec2Options options, string home, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"), ["exec", typeof(Child).Assembly.Location, JsonSerializer.Serialize(options)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        // Nothing may look for the metadata service of a machine that a test happens to run on.
        if (!environment.ContainsKey("AWS_EC2_METADATA_SERVICE_ENDPOINT"))
            start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Child(Process.Start(start)!);
    }

    /// <summary>Makes a call.</summary>
    public async Task<ChildAnswer> CallAsync()
    {
        await _process.StandardInput.WriteLineAsync("call");
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("the child has ended");
        Answers.Add(JsonSerializer.Deserialize<ChildAnswer>(line)!);
        return Answers[^1];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _process.WaitForExitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
