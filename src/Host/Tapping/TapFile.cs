using Microsoft.Extensions.Logging;

namespace DnsGuard.Host.Tapping;

/// <summary>Frames → a file (unidirectional Frame Streams). A file that is full is kept as <c>FILE.1</c>, in place of the one before.</summary>
internal sealed class TapFile(string path, long maxBytes, FrameQueue queue, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private const int TurnsBetweenTries = 40;
    private const int TriesBetweenComplaints = 30;
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private static readonly byte[] Start = FrameStream.Control(ControlType.Start);
    private static readonly byte[] Stop = FrameStream.Control(ControlType.Stop);

    private FileStream? _file;
    private long _length;
    private long _triesAt;
    private int _failures;

    /// <summary>Is the file being written?</summary>
    public bool IsOpen => Volatile.Read(ref _file) is not null;

    /// <summary>Writes until nothing will follow, and what waits then.</summary>
    /// <param name="ended">Says that nothing will follow.</param>
    public async Task RunAsync(CancellationToken ended)
    {
        await PumpLoop.RunAsync(Period, Turn, ended).ConfigureAwait(false);
        Guard(Close, 0);
    }

    private void Turn(long number)
    {
        if (number < _triesAt)
            return;
        Guard(() => Write(queue.Take()), number);
    }

    private void Write(ReadOnlyMemory<byte> frames)
    {
        var written = 0;
        try
        {
            // Opened without anything to write too: whoever asked for a file wants to see at once that it can be had.
            if (_file is null)
                Open();
            while (written < frames.Length)
            {
                var octets = FrameStream.WholeWithin(frames.Span[written..], maxBytes - Stop.Length - _length);
                if (octets == 0)
                {
                    Close();
                    Open();
                    continue;
                }

                _file!.Write(frames.Span.Slice(written, octets));
                _length += octets;
                written += octets;
            }
        }
        finally
        {
            queue.Account(frames.Span, written);
        }
    }

    // One stream to a file: whatever lies there, from a run before this one or full, makes room.
    private void Open()
    {
        if (File.Exists(path))
            File.Move(path, path + ".1", overwrite: true);
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, UnixCreateMode = OwnerAndGroup });
        file.Write(Start);
        _length = Start.Length;
        Volatile.Write(ref _file, file);
    }

    private void Close()
    {
        if (_file is not { } file)
            return;
        Volatile.Write(ref _file, null);
        using (file)
            file.Write(Stop);
    }

    private void Guard(Action write, long turn)
    {
        try
        {
            write();
            _failures = 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Half a frame may stand at its end: the next one goes into a file of its own.
            _file?.Dispose();
            Volatile.Write(ref _file, null);
            _triesAt = turn + TurnsBetweenTries;
            if (_failures++ % TriesBetweenComplaints == 0)
                TapLog.FileFailed(logger, path, failure.Message.TrimEnd('.'));
        }
    }
}
