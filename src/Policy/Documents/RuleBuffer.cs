using System.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>Octets that grow.</summary>
internal sealed class RuleBuffer
{
    private byte[] _octets = new byte[1 << 14];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _octets.AsSpan(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds one octet.</summary>
    public void Octet(byte octet)
    {
        Room(1)[0] = octet;
        Length++;
    }

    /// <summary>Adds octets.</summary>
    public void Octets(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Room(octets.Length));
        Length += octets.Length;
    }

    /// <summary>Adds short ASCII text behind its length.</summary>
    public void Text(string ascii)
    {
        Octet(checked((byte)ascii.Length));
        Length += Encoding.ASCII.GetBytes(ascii, Room(ascii.Length));
    }

    private Span<byte> Room(int octets)
    {
        if (Length + octets > _octets.Length)
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, Length + octets));
        return _octets.AsSpan(Length);
    }
}
