using System.Buffers.Binary;

namespace DnsGuard.Host.Tests;

/// <summary>Reads any protocol-buffers message without its description: fields by number, as many as there are.</summary>
internal sealed class Protobuf
{
    private readonly List<(int Field, ulong Number, byte[] Octets)> _fields = [];

    public Protobuf(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref message), []));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(message), []));
                    message = message[8..];
                    break;
                case 2:
                    var octets = (int)Varint(ref message);
                    _fields.Add((field, 0, message[..octets].ToArray()));
                    message = message[octets..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(message), []));
                    message = message[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    /// <summary>A number; null where it is absent.</summary>
    public ulong? Number(int field) => _fields.Exists(one => one.Field == field) ? _fields.Find(one => one.Field == field).Number : null;

    /// <summary>Octets; empty where they are absent.</summary>
    public byte[] Octets(int field) => _fields.Find(one => one.Field == field).Octets ?? [];

    public string Text(int field) => System.Text.Encoding.UTF8.GetString(Octets(field));

    /// <summary>Every message in a field that may stand several times.</summary>
    public IEnumerable<Protobuf> All(int field) => _fields.Where(one => one.Field == field).Select(one => new Protobuf(one.Octets));

    public Protobuf Message(int field) => All(field).Single();

    private static ulong Varint(ref ReadOnlySpan<byte> octets)
    {
        ulong value = 0;
        for (var (at, shift) = (0, 0); ; at++, shift += 7)
        {
            value |= (ulong)(octets[at] & 0x7F) << shift;
            if (octets[at] < 0x80)
            {
                octets = octets[(at + 1)..];
                return value;
            }
        }
    }
}
