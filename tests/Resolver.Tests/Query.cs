using System.Buffers.Binary;
using System.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests;

/// <summary>Queries, octet by octet, without a line of the code under test.</summary>
internal static class Query
{
    public static byte[] Of(string name, RecordType type = RecordType.A, int id = 0x1234, int flags = 0x0100, int recordClass = 1, int? edns = null, int version = 0, bool dnssecOk = false)
    {
        var octets = new List<byte>();
        Add(octets, id, flags, 1, 0, 0, edns is null ? 0 : 1);
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            octets.AddRange([(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        octets.Add(0);
        Add(octets, (int)type, recordClass);
        if (edns is { } payload)
        {
            octets.Add(0);
            Add(octets, 41, payload, version, dnssecOk ? 0x8000 : 0, 0);
        }

        return [.. octets];
    }

    public static byte[] Framed(byte[] message)
    {
        var framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    private static void Add(List<byte> octets, params int[] numbers)
    {
        foreach (var number in numbers)
            octets.AddRange([(byte)(number >> 8), (byte)number]);
    }
}
