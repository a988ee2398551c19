using DnsGuard.Store.Files;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Writes a block at the end of a file: sections first, the header last, so that a block counts only when all of it is there.</summary>
internal sealed class BlockWriter
{
    private const int StagingOctets = 64 << 10;

    private readonly byte[] _staging = new byte[StagingOctets];
    private int _staged;
    private long _offset;

    /// <summary>Writes.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="header">All of it but lengths and checksums.</param>
    /// <param name="section">What each section holds.</param>
    /// <param name="tail">Whose sections they are.</param>
    /// <exception cref="IOException">There is no room; the file is as before.</exception>
    public void Write(AppendFile file, ref BlockHeader header, TailRows tail, SectionSource section)
    {
        var start = file.Length;
        try
        {
            _offset = start;
            // Zeros until the end: no header stands before what it has not vouched for.
            _staging.AsSpan(0, BlockHeader.Octets).Clear();
            _staged = BlockHeader.Octets;
            for (var i = 0; i < SectionLengths.Count; i++)
                Append(file, ref header, i, section(tail, (Section)i));
            Pad();
            // In one call where all of it fits, and otherwise behind everything that it vouches for.
            if (_offset == start)
            {
                header.Write(_staging);
                file.Write(start, _staging.AsSpan(0, _staged));
            }
            else
            {
                Flush(file);
                header.Write(_staging);
                file.Write(start, _staging.AsSpan(0, BlockHeader.Octets));
            }

            file.Extend(header.TotalOctets);
        }
        catch
        {
            // What got in must not take the room of others.
            file.Cut(start);
            throw;
        }
    }

    private void Append(AppendFile file, ref BlockHeader header, int index, ReadOnlySpan<byte> octets)
    {
        header.Lengths[index] = octets.Length;
        header.BodyChecksum = Checksum.Extend(header.BodyChecksum, octets);
        while (octets.Length > StagingOctets - _staged)
        {
            var part = octets[..(StagingOctets - _staged)];
            part.CopyTo(_staging.AsSpan(_staged));
            _staged = StagingOctets;
            Flush(file);
            octets = octets[part.Length..];
        }

        octets.CopyTo(_staging.AsSpan(_staged));
        _staged += octets.Length;
    }

    // Blocks begin at multiples of eight; the buffer is one too, so there is always room for this.
    private void Pad()
    {
        while (((_offset + _staged) & 7) != 0)
            _staging[_staged++] = 0;
    }

    private void Flush(AppendFile file)
    {
        file.Write(_offset, _staging.AsSpan(0, _staged));
        _offset += _staged;
        _staged = 0;
    }
}

/// <summary>What of a section is to be written.</summary>
internal delegate ReadOnlySpan<byte> SectionSource(TailRows tail, Section section);
