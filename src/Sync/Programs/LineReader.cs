namespace DnsGuard.Sync.Programs;

/// <summary>Lines of octets from a stream, none longer than a bound: what a program writes must not fill our memory.</summary>
/// <param name="stream">Where they come from.</param>
/// <param name="longest">Octets of a line that are kept.</param>
internal sealed class LineReader(Stream stream, int longest)
{
    private const int FirstOctets = 4_096;

    private byte[] _octets = new byte[Math.Min(FirstOctets, longest + 1)];
    private int _start;
    private int _end;
    private bool _isSkipping;

    /// <summary>The next line, without its end; null once the stream has ended. Valid until the next call.</summary>
    /// <returns>The line, and whether it was longer.</returns>
    public async ValueTask<(ReadOnlyMemory<byte>? Line, bool IsCut)> ReadAsync()
    {
        while (true)
        {
            var rest = _octets.AsMemory(_start, _end - _start);
            var at = rest.Span.IndexOf((byte)'\n');
            if (at >= 0)
            {
                _start += at + 1;
                if (!_isSkipping)
                    return (rest[..at], false);
                _isSkipping = false;
                continue;
            }

            if (_isSkipping)
                _start = _end;
            else if (rest.Length > longest)
            {
                (_isSkipping, _start) = (true, _end);
                return (rest[..longest], true);
            }

            if (await FillAsync().ConfigureAwait(false))
                continue;
            rest = _octets.AsMemory(_start, _end - _start);
            _start = _end;
            return (rest.IsEmpty ? default(ReadOnlyMemory<byte>?) : rest, false);
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        var rest = _octets.AsSpan(_start, _end - _start);
        if (rest.Length == _octets.Length)
            Array.Resize(ref _octets, Math.Min(longest + 1, _octets.Length * 2));
        else
            rest.CopyTo(_octets);
        (_start, _end) = (0, rest.Length);
        var count = await stream.ReadAsync(_octets.AsMemory(_end)).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }
}
