using DnsGuard.Host.Tapping;
using Microsoft.Extensions.Logging.Abstractions;

namespace DnsGuard.Host.Tests.Tapping;

/// <summary>The file of a tap: never larger than was said, whole frames only, and back when the disk is.</summary>
public sealed class TapFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-tap-").FullName;
    private readonly CancellationTokenSource _ended = new();

    private string Path => System.IO.Path.Combine(_folder, "tap.fstrm");

    public void Dispose()
    {
        _ended.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_full_file_is_ended_and_kept_once_and_both_can_be_read()
    {
        const int MaxBytes = 2_000;
        var queue = new FrameQueue(1 << 20);
        for (var i = 0; i < 100; i++)
            queue.Add(new byte[90 + (i % 20)]);
        File.WriteAllText(Path, "of a run before");

        var running = new TapFile(Path, MaxBytes, queue, NullLogger.Instance).RunAsync(_ended.Token);
        await _ended.CancelAsync();
        await running;

        Assert.Equal((100, 0), (queue.Written, queue.Dropped));
        Assert.Equal([Path, Path + ".1"], Directory.GetFiles(_folder).Order());
        foreach (var file in Directory.GetFiles(_folder))
        {
            Assert.InRange(new FileInfo(file).Length, 100, MaxBytes);
            var (code, text, controls) = await Tool.RunAsync("", "fstrm_dump", file);
            Assert.Equal((0, true), (code, text.Length > 0));
            Assert.Contains("FSTRM_CONTROL_START", controls, StringComparison.Ordinal);
            Assert.Contains("FSTRM_CONTROL_STOP", controls, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_it_cannot_be_written_messages_are_counted_as_dropped_and_nobody_is_disturbed()
    {
        var queue = new FrameQueue(1 << 20);
        queue.Add(new byte[100]);
        var file = new TapFile("/proc/no/such/place", 1 << 20, queue, NullLogger.Instance);

        var running = file.RunAsync(_ended.Token);
        await _ended.CancelAsync();
        await running;

        Assert.Equal((0, 1, false), (queue.Written, queue.Dropped, file.IsOpen));
    }

    [Theory]
    [InlineData(0, 0, 3)]
    [InlineData(13, 0, 3)]
    [InlineData(14, 14, 2)]
    [InlineData(15, 14, 2)]
    [InlineData(42, 42, 0)]
    [InlineData(99, 42, 0)]
    public void Frames_are_never_cut(int room, int whole, int lost)
    {
        // Three frames of ten octets and their lengths.
        byte[] frames = [.. Enumerable.Repeat<byte[]>([0, 0, 0, 10, .. new byte[10]], 3).SelectMany(one => one)];

        Assert.Equal(whole, FrameStream.WholeWithin(frames, room));
        Assert.Equal(lost, FrameStream.CountFrom(frames, Math.Min(room, frames.Length)));
    }

    [Theory]
    [InlineData("00000001", true)]
    [InlineData("00000002", false)]
    [InlineData("000000", false)]
    [InlineData("0000000100000001000000167072 6f746f6275663a646e737461702e446e73746170", true)]
    [InlineData("0000000100000001000000156170706c69636174696f6e2f6f637465742d7374726d", false)]
    [InlineData("0000000100000001ffffffff", false)]
    [InlineData("00000001000000010000ffff00", false)]
    public void A_reader_must_take_what_we_write(string body, bool isAccepted) =>
        Assert.Equal(isAccepted, FrameStream.Is(Convert.FromHexString(body.Replace(" ", "", StringComparison.Ordinal)), ControlType.Accept));
}
