using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DnsGuard.Host.Tests.Running;

namespace DnsGuard.Host.Tests.Tapping;

/// <summary>dnstap of the running program, read by the tools that everybody reads it with.</summary>
[Collection(nameof(Alone))]
public sealed class TapTests : IDisposable
{
    private readonly GuardProcess _guard = new();
    private readonly UdpClient _socket = new(0);

    public TapTests() => _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  default:\n    rules: [{deny: denied.example, id: no}]\n");

    private string TapSocket => Path.Combine(_guard.Folder, "tap.sock");

    private string TapFile => Path.Combine(_guard.Folder, "tap.fstrm");

    public void Dispose()
    {
        _socket.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task A_reader_at_a_socket_gets_every_query_and_response_also_after_it_was_restarted()
    {
        using var first = Tool.Start("dnstap", "-u", TapSocket, "-j");
        await _guard.UntilAsync(() => Task.FromResult(File.Exists(TapSocket)), "the reader listens");
        await _guard.Start(_guard.Config(rest: $"dnstap: {{socket: {TapSocket}}}")).ReadyAsync();
        await AskAsync(1, 2, 3);
        await _guard.UntilAsync(async () => Sample(await _guard.TextAsync("/metrics"), "dnsguard_dnstap_written_total{sink=\"socket\"}") == 6, "six messages are written");
        Assert.Equal(["1 q", "1 r", "2 q", "2 r", "3 q", "3 r"], Told(await first.StopAsync()));

        // While nobody listens they wait in their queue.
        await _guard.UntilAsync(async () => Sample(await _guard.TextAsync("/metrics"), "dnsguard_dnstap_connected{sink=\"socket\"}") == 0, "it is noticed that the reader has gone");
        await AskAsync(4);
        Assert.Contains("No dnstap reader at ", _guard.Out, StringComparison.Ordinal);
        using var second = Tool.Start("dnstap", "-u", TapSocket, "-j");
        await _guard.UntilAsync(async () => Sample(await _guard.TextAsync("/metrics"), "dnsguard_dnstap_connected{sink=\"socket\"}") == 1, "it is there again");
        await AskAsync(5);

        // Stopping hands over what is left, and says that it was all.
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());
        Assert.Equal(["4 q", "4 r", "5 q", "5 r"], Told(await second.StopAsync()));
        Assert.Empty(_guard.Err);
    }

    [Fact]
    public async Task The_capture_program_of_frame_streams_is_a_reader_too()
    {
        var captured = Path.Combine(_guard.Folder, "captured.fstrm");
        using var capture = Tool.Start("fstrm_capture", "-t", "protobuf:dnstap.Dnstap", "-u", TapSocket, "-w", captured);
        await _guard.UntilAsync(() => Task.FromResult(File.Exists(TapSocket)), "the reader listens");
        await _guard.Start(_guard.Config(rest: $"dnstap: {{socket: {TapSocket}}}")).ReadyAsync();
        await AskAsync(1, 2);
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());
        await capture.StopAsync();

        Assert.Equal(["1 q", "1 r", "2 q", "2 r"], Told((await Tool.RunAsync("", "dnstap", "-r", captured, "-j")).Out));
    }

    [Fact]
    public async Task A_file_holds_the_same_and_what_the_policy_said()
    {
        await _guard.Start(_guard.Config(rest: $"dnstap: {{file: {TapFile}, identity: node-7}}")).ReadyAsync();
        await AskAsync(1);
        await _guard.AskAsync(_socket, Name("denied"), 2);
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());

        var (code, told, said) = await Tool.RunAsync("", "dnstap", "-r", TapFile, "-j");
        Assert.True(code == 0, said);
        Assert.Equal(["1 q", "1 r", "2 q", "2 r"], Told(told));
        var line = JsonNode.Parse(told.Split('\n')[1])!;
        Assert.Equal(("node-7", "127.0.0.1", "UDP"), ((string)line["identity"]!, (string)line["message"]!["query_address"]!, (string)line["message"]!["socket_protocol"]!));
        Assert.Equal(((System.Net.IPEndPoint)_socket.Client.LocalEndPoint!).Port, (int)line["message"]!["query_port"]!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(TapFile));

        // The tool of this Debian does not print policies yet.
        var policies = Frames(File.ReadAllBytes(TapFile)).Select(frame => new Protobuf(frame)).ToList();
        Assert.Equal(["", "group=default", "", "group=default"], policies.Select(frame => frame.Text(3)));
        var (byNoRule, byRule) = (policies[1].Message(14).Message(15), policies[3].Message(14).Message(15));
        Assert.Equal(("dnsguard", "no-rule", 1UL, 1UL), (byNoRule.Text(1), byNoRule.Text(2), byNoRule.Number(3), byNoRule.Number(4)));
        Assert.Equal(Name("n1"), byNoRule.Octets(5));
        Assert.Equal(("default/no", 1UL), (byRule.Text(2), byRule.Number(3)));
        Assert.Equal(Name("denied"), byRule.Octets(5));
    }

    [Fact]
    public async Task A_reader_that_stands_still_costs_messages_that_are_counted_and_no_answers()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(TapSocket));
        listener.Listen();
        await _guard.Start(_guard.Config(rest: $"dnstap: {{socket: {TapSocket}, queue: 256KiB}}")).ReadyAsync();
        using var reader = await listener.AcceptAsync();
        // READY is heard and answered, and then nothing is read any more.
        var ready = new byte[42];
        await reader.ReceiveAsync(ready);
        ready[11] = 1;
        await reader.SendAsync(ready);

        for (var i = 0; i < 4_000; i++)
            Assert.Equal(3, (await _guard.AskAsync(_socket, Name($"n{i}"), (ushort)i))[3] & 0xF);

        await _guard.UntilAsync(async () => Sample(await _guard.TextAsync("/metrics"), "dnsguard_dnstap_dropped_total{sink=\"socket\"}") > 0, "messages are dropped");
        Assert.Equal(0, Sample(await _guard.TextAsync("/metrics"), "dnsguard_dnstap_dropped_total{sink=\"ring\"}"));
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());
    }

    private static double Sample(string metrics, string name) =>
        double.Parse(metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    // "17 q": the query with ID 17; "17 r": its response.
    private static List<string> Told(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["message"]!).Select(message =>
    {
        var text = (string)(message["query_message"] ?? message["response_message"])!;
        var kind = (string)message["type"]! == "CLIENT_QUERY" ? "q" : "r";
        Assert.Equal(kind == "q", message["query_message"] is not null);
        return $"{text.Split("id: ")[1].Split('\n')[0]} {kind}";
    })];

    private static IEnumerable<byte[]> Frames(byte[] stream)
    {
        for (var at = 0; at < stream.Length;)
        {
            var octets = BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at));
            at += 4;
            // A control frame: its own length follows.
            if (octets == 0)
            {
                at += 4 + BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at));
                continue;
            }

            yield return stream[at..(at + octets)];
            at += octets;
        }
    }

    private static byte[] Name(string label) => [(byte)label.Length, .. Encoding.ASCII.GetBytes(label), 7, .. "example"u8, 0];

    private async Task AskAsync(params ushort[] ids)
    {
        foreach (var id in ids)
            await _guard.AskAsync(_socket, Name($"n{id}"), id);
    }
}
