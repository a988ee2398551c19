namespace DnsGuard.Sync.Programs;

/// <summary>Runs a program of the operator's to its end.</summary>
internal static class ProgramRun
{
    private const int MostOutput = 64 << 10;

    /// <summary>Runs it, and says what it said where it fails.</summary>
    /// <exception cref="IOException">It cannot be started, failed or took too long; one sentence for the operator.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, TimeSpan deadline, TimeProvider time, CancellationToken cancel)
    {
        using var process = ProgramStart.Start(command, []);
        process.StandardInput.Close();
        // Both are read to their end: a full pipe would hold it up.
        var (said, complained) = (LastLineAsync(process.StandardOutput.BaseStream), LastLineAsync(process.StandardError.BaseStream));
        try
        {
            await process.WaitForExitAsync(cancel).WaitAsync(deadline, time, cancel).ConfigureAwait(false);
            if (process.ExitCode == 0)
                return;
            var last = await complained.WaitAsync(TimeSpan.FromSeconds(1), time, cancel).ConfigureAwait(false);
            if (last.Length == 0)
                last = await said.WaitAsync(TimeSpan.FromSeconds(1), time, cancel).ConfigureAwait(false);
            throw new IOException($"'{string.Join(' ', command)}' failed with code {process.ExitCode}{(last.Length > 0 ? $": {last}" : "")}");
        }
        catch (TimeoutException late)
        {
            throw new IOException($"'{string.Join(' ', command)}' took longer than {deadline.TotalSeconds:0.#} s, and was ended", late);
        }
        finally
        {
            if (!process.HasExited)
                ProgramStart.Kill(process);
        }
    }

    private static async Task<string> LastLineAsync(Stream stream)
    {
        var last = "";
        try
        {
            var lines = new LineReader(stream, ProgramVoice.LongestLine);
            for (var octets = 0; await lines.ReadAsync().ConfigureAwait(false) is ({ } line, _); octets += line.Length)
            {
                if (line.Length > 0 && octets < MostOutput)
                    last = ProgramVoice.Escape(line.Span);
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // It was ended in the middle of a line.
        }

        return last;
    }
}
