using System.Text;
using DnsGuard.Sync.Programs;

namespace DnsGuard.Sync.Tests.Programs;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\n\nb", "a||b")]
    [InlineData("12345678\nb\n", "12345678|b")]
    [InlineData("123456789\nb\n", "12345678…|b")]
    [InlineData("123456789abcdefghijklmnopq\nb", "12345678…|b")]
    [InlineData("123456789", "12345678…")]
    public async Task Lines_end_where_they_end_and_are_cut_where_they_are_too_long(string text, string expected)
    {
        foreach (var octetsAtOnce in (int[])[1, 3, 100])
        {
            var reader = new LineReader(new Drip(Encoding.ASCII.GetBytes(text), octetsAtOnce), 8);
            var lines = new List<string>();
            while (await reader.ReadAsync() is ({ } line, var isCut))
                lines.Add(Encoding.ASCII.GetString(line.Span) + (isCut ? "…" : ""));
            Assert.Equal(expected, string.Join('|', lines));
        }
    }

    [Fact]
    public void What_a_terminal_would_obey_is_escaped() =>
        Assert.Equal(@"a\u{1b}[2J\u{9}\u{e4}\u{1f600}\u{fffd}", ProgramVoice.Escape([.. "a\u001b[2J\tä😀"u8, 0xFF]));

    private sealed class Drip(byte[] octets, int atOnce) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(atOnce, buffer.Length)], cancellationToken);
    }
}
