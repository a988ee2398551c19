using System.Collections.Concurrent;
using System.Diagnostics;

namespace DnsGuard.Sync.Programs;

/// <summary>An operator's program that is running: requests go in line by line, replies come out.</summary>
internal sealed class CommandProcess : IDisposable
{
    // A list of half a million entries.
    private const int LongestReply = 64 << 20;

    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<CommandReply>> _waiting = new();
    private readonly Task _replies;
    private readonly Task _voice;

    /// <summary>Starts it.</summary>
    /// <param name="options">Which program.</param>
    /// <param name="voice">Where it speaks to people.</param>
    /// <param name="ended">Called once when it has ended, with one sentence.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public CommandProcess(CommandTargetOptions options, ProgramVoice voice, Action<string> ended)
    {
        _process = ProgramStart.Start(options.Command, options.Environment);
        _voice = ReadVoiceAsync(voice);
        _replies = ReadRepliesAsync(voice, ended);
    }

    /// <summary>Can it still be asked?</summary>
    public bool IsAlive => !_replies.IsCompleted;

    /// <summary>Asks, and waits for the reply.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    /// <exception cref="IOException">It has ended.</exception>
    public async Task<CommandReply> AskAsync(long id, byte[] request, TimeSpan deadline, TimeProvider time, CancellationToken cancel)
    {
        var reply = new TaskCompletionSource<CommandReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = reply;
        try
        {
            // A program that does not read fills the pipe, and then the write does not end either.
            var asked = WriteAsync(request);
            return await WaitAsync(asked, reply.Task).WaitAsync(deadline, time, cancel).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            // The end of its input is the word to stop; who does not take it is ended.
            _process.StandardInput.BaseStream.Close();
        }
        catch (IOException)
        {
            // The pipe was broken: it has stopped already.
        }

        if (!_process.WaitForExit(Farewell))
            ProgramStart.Kill(_process);
        // What it has left behind may hold its output open: then nobody waits for that.
        Task.WaitAll([_replies, _voice], Farewell);
        _process.Dispose();
    }

    private async Task WriteAsync(byte[] request)
    {
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(request).ConfigureAwait(false);
        await input.FlushAsync().ConfigureAwait(false);
    }

    private static async Task<CommandReply> WaitAsync(Task asked, Task<CommandReply> reply)
    {
        await asked.ConfigureAwait(false);
        return await reply.ConfigureAwait(false);
    }

    private async Task ReadRepliesAsync(ProgramVoice voice, Action<string> ended)
    {
        var why = "it has ended";
        try
        {
            var lines = new LineReader(_process.StandardOutput.BaseStream, LongestReply);
            while (await lines.ReadAsync().ConfigureAwait(false) is ({ } line, var isCut))
            {
                if (!isCut && CommandMessages.Read(line) is { } reply)
                    Take(reply);
                else
                    voice.Say([.. "(no reply) "u8, .. line.Span[..Math.Min(line.Length, ProgramVoice.LongestLine)]], isCut);
            }

            await _process.WaitForExitAsync().WaitAsync(Farewell).ConfigureAwait(false);
            why = $"it has ended with code {_process.ExitCode}";
        }
        catch (TimeoutException)
        {
            why = "it has closed its output";
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            why = $"its output cannot be read: {broken.Message}";
        }

        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(new IOException(why));
        ended(why);
    }

    private void Take(CommandReply reply)
    {
        // Whoever waited for a late one has given up, and looks for himself.
        if (_waiting.TryGetValue(reply.Id, out var waiting))
            waiting.TrySetResult(reply);
    }

    private async Task ReadVoiceAsync(ProgramVoice voice)
    {
        try
        {
            var lines = new LineReader(_process.StandardError.BaseStream, ProgramVoice.LongestLine);
            while (await lines.ReadAsync().ConfigureAwait(false) is ({ } line, var isCut))
                voice.Say(line.Span, isCut);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // It has stopped in the middle of a line.
        }
    }
}
