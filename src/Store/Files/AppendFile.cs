using Microsoft.Win32.SafeHandles;

namespace DnsGuard.Store.Files;

/// <summary>A file that is written at its end and read anywhere; nothing is buffered here. Readable by its owner alone.</summary>
internal sealed class AppendFile : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens or creates it.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public AppendFile(string path)
    {
        Path = path;
        _stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        Handle = _stream.SafeFileHandle;
        Length = RandomAccess.GetLength(Handle);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Octets that are whole; what may lie behind them counts for nothing.</summary>
    public long Length { get; private set; }

    private SafeFileHandle Handle { get; }

    /// <summary>Fills a span.</summary>
    /// <returns>False where the file ends before that.</returns>
    public bool TryRead(long offset, Span<byte> to)
    {
        while (!to.IsEmpty)
        {
            var read = RandomAccess.Read(Handle, to, offset);
            if (read == 0)
                return false;
            to = to[read..];
            offset += read;
        }

        return true;
    }

    /// <summary>Writes without moving the end: it counts only after <see cref="Extend"/>.</summary>
    public void Write(long offset, ReadOnlySpan<byte> from) => RandomAccess.Write(Handle, from, offset);

    /// <summary>Returns when what was written would survive a power cut.</summary>
    public void Flush() => RandomAccess.FlushToDisk(Handle);

    /// <summary>What lies behind the end now counts.</summary>
    public void Extend(long octets) => Length += octets;

    /// <summary>The next write goes to the beginning; what is there stays until it is written over or cut.</summary>
    public void Rewind() => Length = 0;

    /// <summary>Cuts off what lies behind a place.</summary>
    public void Cut(long length)
    {
        RandomAccess.SetLength(Handle, length);
        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
