using System.Diagnostics.CodeAnalysis;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>What a blocked client can tell an operator so that they find its query: eight letters and digits that follow from the query itself.</summary>
/// <remarks>
/// Nothing is remembered for it: 25 bits are the second of the query, 15 bits are made of client, name and type. So it names a row of the
/// log for a year, and the chance that another row of that second has the same is one in 32,768. It is no secret and proves nothing.
/// </remarks>
/// <param name="Bits">The 40 bits.</param>
public readonly record struct RequestId(ulong Bits)
{
    /// <summary>The octets of its text.</summary>
    public const int Octets = 8;

    private const int CheckBits = 15;
    private const long Period = 1L << 25;
    private const int BitsPerLetter = 5;

    // A minute: what a clock that was set back may make of the future.
    private const long Ahead = 60;

    // Crockford's base 32: no letter that looks like a digit.
    private static ReadOnlySpan<byte> Alphabet => "0123456789abcdefghjkmnpqrstvwxyz"u8;

    /// <summary>The one of a query.</summary>
    /// <param name="unixMilliseconds">When it came.</param>
    /// <param name="name">The QNAME in canonical wire form.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="client">Who asked.</param>
    public static RequestId Of(long unixMilliseconds, ReadOnlySpan<byte> name, RecordType type, InternetAddress client)
    {
        // FNV-1a; by no key, since it has to be the same after a restart.
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var octet in name)
            hash = (hash ^ octet) * 0x100_0000_01B3;
        hash = (hash ^ (ulong)type) * 0x100_0000_01B3;
        hash = (hash ^ (ulong)client.Bits) * 0x100_0000_01B3;
        hash = (hash ^ (ulong)(client.Bits >> 64)) * 0x100_0000_01B3;
        var check = (hash ^ (hash >> 32)) & ((1UL << CheckBits) - 1);
        var second = (ulong)(unixMilliseconds / 1_000 % Period);
        // The last bits first, so that requests of one minute do not look alike.
        return new RequestId((check << 25) | second);
    }

    /// <summary>Reads text, in any case; false where it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RequestId id)
    {
        id = default;
        if (text?.Length != Octets)
            return false;
        ulong bits = 0;
        foreach (var letter in text)
        {
            var value = letter < 128 ? Alphabet.IndexOf((byte)char.ToLowerInvariant(letter)) : -1;
            if (value < 0)
                return false;
            bits = (bits << BitsPerLetter) | (uint)value;
        }

        id = new RequestId(bits);
        return true;
    }

    /// <summary>The second that it names, in Unix seconds: the last one of the past year that fits.</summary>
    public long SecondBefore(long nowUnixSeconds)
    {
        var latest = nowUnixSeconds + Ahead;
        return latest - ((latest - (long)(Bits % Period)) % Period);
    }

    /// <summary>Writes its text.</summary>
    public void Write(Span<byte> text)
    {
        for (var i = 0; i < Octets; i++)
            text[i] = Alphabet[(int)(Bits >> (BitsPerLetter * (Octets - 1 - i))) & 31];
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[Octets];
        Write(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
