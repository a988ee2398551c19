using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DnsGuard.Sync.Tests;

/// <summary>A network namespace without a name, that lives as long as one thread. Sockets opened and programs started on it belong there.</summary>
/// <remarks>Whoever uses a socket later may do so from any thread. When the thread has ended and the sockets are closed, nothing is left.</remarks>
internal sealed partial class PrivateNetwork : IDisposable
{
    private const int NewNetwork = 0x4000_0000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public PrivateNetwork()
    {
        // A thread of its own: one of the pool's would carry the namespace into whatever it does next.
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
        var error = Run(() => Unshare(NewNetwork) == 0 ? 0 : Marshal.GetLastPInvokeError());
        Assert.True(error == 0, $"no network namespace can be made here: {Marshal.GetPInvokeErrorMessage(error)}; these tests need root");
    }

    /// <summary>Runs something inside, and hands on what it throws.</summary>
    public T Run<T>(Func<T> inside)
    {
        // Continuations elsewhere: the thread must go on with its work.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(inside());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Run(Action inside) => Run(() =>
    {
        inside();
        return true;
    });

    /// <summary>Starts a program inside.</summary>
    public Process Start(string program, params IEnumerable<string> arguments) => Run(() => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    }))!;

    /// <summary>Runs a program to its end; it must succeed.</summary>
    public string Must(string program, params IEnumerable<string> arguments)
    {
        var (code, text, error) = Try(program, arguments, "");
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {error}");
        return text;
    }

    /// <summary>Runs a program to its end.</summary>
    public (int Code, string Text, string Error) Try(string program, IEnumerable<string> arguments, string input)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), $"{program} hangs");
        return (process.ExitCode, text.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join(TimeSpan.FromSeconds(10));
        _work.Dispose();
    }

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
