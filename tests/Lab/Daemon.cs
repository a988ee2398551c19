using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DnsGuard.Lab;

/// <summary>A program that runs until it is stopped; what it says is kept.</summary>
public sealed class Daemon : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    /// <summary>Starts it.</summary>
    public Daemon(IReadOnlyList<string> command, string? directory = null)
    {
        var description = Shell.Describe(command, hasInput: false);
        description.WorkingDirectory = directory ?? "";
        description.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        _process = Process.Start(description) ?? throw new InvalidOperationException($"{command[0]} does not start");
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Does it run?</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Asks it to stop, and waits; returns its exit code.</summary>
    public int Stop()
    {
        if (IsRunning)
            _ = kill(_process.Id, Terminate);
        if (!_process.WaitForExit(Patience))
            Kill();
        return _process.ExitCode;
    }

    /// <summary>Ends it on the spot (SIGKILL).</summary>
    public void Kill()
    {
        if (IsRunning)
            _process.Kill();
        _process.WaitForExit(Patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
