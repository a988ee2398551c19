namespace DnsGuard.Wire.Tests.Messages;

/// <summary>A span with marked octets on both sides, and dirty like a pooled buffer is.</summary>
internal sealed class CanaryBuffer
{
    private const int Margin = 64;
    private const byte Canary = 0xA5;

    private readonly byte[] _octets;

    public CanaryBuffer(int octets, byte dirt)
    {
        _octets = new byte[octets + (2 * Margin)];
        _octets.AsSpan().Fill(Canary);
        Inside.Fill(dirt);
    }

    public Span<byte> Inside => _octets.AsSpan(Margin, _octets.Length - (2 * Margin));

    public void AssertUntouched()
    {
        Assert.True(_octets.AsSpan(0, Margin).IndexOfAnyExcept(Canary) < 0, "written in front of the span");
        Assert.True(_octets.AsSpan(_octets.Length - Margin).IndexOfAnyExcept(Canary) < 0, "written behind the span");
    }
}
