using Microsoft.Win32.SafeHandles;

namespace DnsGuard.Cli.Writing;

/// <summary>Stdout as a pipe that tells when nobody reads it any more. The runtime's own would go on writing into nothing, and <c>log -f | head</c> would never end.</summary>
internal sealed class PipedOutput : Stream
{
    private readonly FileStream _pipe = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    private PipedOutput()
    {
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Uses it, where stdout is a pipe. Files stay as they are: stderr may share their end.</summary>
    public static void Use()
    {
        if (Console.IsOutputRedirected && new FileInfo("/proc/self/fd/1").LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true)
            Console.SetOut(TextWriter.Synchronized(new StreamWriter(new PipedOutput(), Console.OutputEncoding) { AutoFlush = true }));
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            _pipe.Write(buffer, offset, count);
        }
        catch (IOException)
        {
            throw new OutputClosedException();
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is held back.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _pipe.Dispose();
        base.Dispose(disposing);
    }
}
