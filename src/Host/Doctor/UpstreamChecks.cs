using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Cli.Doctor;
using DnsGuard.Resolver;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Host.Doctor;

/// <summary>Do the servers answer that the configuration names? Nobody else is asked: not even a root server.</summary>
internal static class UpstreamChecks
{
    private const string Check = "upstream";
    private const int HeaderOctets = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks each for the SOA record of its zone.</summary>
    public static async IAsyncEnumerable<Finding> RunAsync(ResolverOptions options, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        if (options.ForwardZones.Count == 0)
            yield return Finding.Ok(Check, "none is configured, so none was asked");
        foreach (var zone in options.ForwardZones)
        {
            foreach (var server in zone.Servers)
                yield return await AskAsync(zone, server, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<Finding> AskAsync(ForwardZone zone, UpstreamServer server, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var what = $"{server} for '{zone.Zone}'";
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            var code = await ExchangeAsync(zone, server, patience.Token).ConfigureAwait(false);
            var time = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
            return code switch
            {
                null => Finding.Fail(Check, $"{what} answers with something else than DNS", "Is it the right address and port?"),
                ResponseCode.Refused => Finding.Fail(Check, $"{what} refuses us", "Allow this machine's address there"),
                ResponseCode.ServerFailure => Finding.Warn(Check, $"{what} answers, but fails to find its SOA", "See why at that server"),
                _ => Finding.Ok(Check, $"{what} answers in {time} ms"),
            };
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return failure is AuthenticationException
                ? Finding.Fail(Check, $"{what} is not the server it should be: {failure.Message.TrimEnd('.')}", "Compare its certificate with 'tlsName' and 'tlsPin'")
                : Finding.Fail(Check, $"{what} does not answer: {(failure is OperationCanceledException ? "nothing came within 2 s" : failure.Message.TrimEnd('.'))}", "Is it up, and do routes and filters let us reach it?");
        }
    }

    // The response code; null where the answer is not one to the question.
    private static async Task<ResponseCode?> ExchangeAsync(ForwardZone zone, UpstreamServer server, CancellationToken cancel)
    {
        var query = Query(zone);
        var reply = server.Transport is UpstreamTransport.Udp ? await DatagramAsync(server, query, cancel).ConfigureAwait(false) : await StreamAsync(server, query, cancel).ConfigureAwait(false);
        return reply.Length >= HeaderOctets && reply.Span[..2].SequenceEqual(query.AsSpan(0, 2)) && (reply.Span[2] & 0x80) != 0 ? (ResponseCode)(reply.Span[3] & 0x0F) : null;
    }

    private static byte[] Query(ForwardZone zone)
    {
        var message = new byte[512];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        writer.WriteQuestion(zone.Zone.Octets, RecordType.SOA, RecordClass.Internet);
        return message[..writer.Finish((ushort)RandomNumberGenerator.GetInt32(1 << 16), zone.IsStub ? HeaderFlags.None : HeaderFlags.RecursionDesired, ResponseCode.NoError)];
    }

    private static async Task<ReadOnlyMemory<byte>> DatagramAsync(UpstreamServer server, byte[] query, CancellationToken cancel)
    {
        using var socket = new Socket(server.Endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.Endpoint, cancel).ConfigureAwait(false);
        await socket.SendAsync(query, cancel).ConfigureAwait(false);
        var reply = new byte[4_096];
        return reply.AsMemory(0, await socket.ReceiveAsync(reply, cancel).ConfigureAwait(false));
    }

    private static async Task<ReadOnlyMemory<byte>> StreamAsync(UpstreamServer server, byte[] query, CancellationToken cancel)
    {
        using var socket = new Socket(server.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoint, cancel).ConfigureAwait(false);
        Stream stream = new NetworkStream(socket);
        await using (stream.ConfigureAwait(false))
        {
            if (server.Transport is not UpstreamTransport.Tls)
                return await FramedAsync(stream, query, cancel).ConfigureAwait(false);
            var secure = new SslStream(stream);
            await using (secure.ConfigureAwait(false))
            {
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.TlsName ?? server.Endpoint.Address.ToString(), RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsIt(server, certificate, errors) }, cancel).ConfigureAwait(false);
                return await FramedAsync(secure, query, cancel).ConfigureAwait(false);
            }
        }
    }

    // RFC 8310 §5, as the resolver does it: where name and pin are given, both must hold.
    private static bool IsIt(UpstreamServer server, X509Certificate? certificate, SslPolicyErrors errors) =>
        certificate is X509Certificate2 shown
        && (server.TlsName is null || errors is SslPolicyErrors.None)
        && (server.TlsPin is null || server.TlsPin == Convert.ToBase64String(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo())));

    private static async Task<ReadOnlyMemory<byte>> FramedAsync(Stream stream, byte[] query, CancellationToken cancel)
    {
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancel).ConfigureAwait(false);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancel).ConfigureAwait(false);
        var reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(reply, cancel).ConfigureAwait(false);
        return reply;
    }
}
