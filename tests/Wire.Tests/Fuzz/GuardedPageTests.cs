using System.Globalization;

namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>Without these the fuzzing would prove nothing about over-reads.</summary>
public class GuardedPageTests
{
    [Fact]
    public void The_kernel_forbids_the_page_behind_a_message()
    {
        using var memory = new GuardedPage(512);

        Assert.StartsWith("rw", Protection(memory.Guard - 1), StringComparison.Ordinal);
        Assert.StartsWith("---", Protection(memory.Guard), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public unsafe void A_message_ends_where_the_guard_begins(int octets)
    {
        using var memory = new GuardedPage(5_000);
        var message = Enumerable.Range(0, octets).Select(i => (byte)i).ToArray();
        var placed = memory.Place(message);

        Assert.Equal(message, placed.ToArray());
        fixed (byte* start = placed)
            Assert.True(octets == 0 || (nuint)start + (nuint)octets == memory.Guard);
    }

    private static string Protection(nuint address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var (range, rest) = (line.Split(' ')[0].Split('-'), line.Split(' ')[1]);
            if (nuint.Parse(range[0], NumberStyles.HexNumber) <= address && address < nuint.Parse(range[1], NumberStyles.HexNumber))
                return rest;
        }

        return "unmapped";
    }
}
