using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DnsGuard.Host.Tests;

/// <summary>A program of somebody else's that reads what we write.</summary>
internal sealed partial class Tool : IDisposable
{
    private const int Interrupt = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _out;
    private readonly Task<string> _err;

    private Tool(string program, string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        _out = _process.StandardOutput.ReadToEndAsync();
        _err = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it, for as long as the test wants.</summary>
    public static Tool Start(string program, params string[] arguments) => new(program, arguments);

    /// <summary>Runs it to its end with a text on its input; its code, and all that it said.</summary>
    public static async Task<(int Code, string Out, string Err)> RunAsync(string input, string program, params string[] arguments)
    {
        using var tool = new Tool(program, arguments);
        await tool._process.StandardInput.WriteAsync(input);
        tool._process.StandardInput.Close();
        return await tool.EndedAsync();
    }

    /// <summary>Tells it to end, and waits; what it said on its output.</summary>
    public async Task<string> StopAsync()
    {
        Assert.Equal(0, Kill(_process.Id, Interrupt));
        return (await EndedAsync()).Out;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task<(int Code, string Out, string Err)> EndedAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return (_process.ExitCode, await _out, await _err);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
