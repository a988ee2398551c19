namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>Makes hostile messages out of sound ones.</summary>
internal static class MessageMutator
{
    public const int MaxOctets = 65_535;

    // Label types, the longest label and its neighbours, pointers to the header and to the question.
    private static readonly byte[] Telling = [0, 1, 4, 11, 12, 0x29, 0x3F, 0x40, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF];

    public static byte[] Message(ulong seed, int index)
    {
        var random = new FuzzRandom(seed, index);
        var message = new List<byte>(random.Of<byte[]>(random.Below(500) == 0 ? FuzzCorpus.LargeMessages : FuzzCorpus.Messages));
        // One in eight stays as it is: what is sound must be read.
        for (var changes = random.Below(8); changes > 0; changes--)
            Change(message, ref random);
        return message.Count <= MaxOctets ? [.. message] : [.. message.Take(MaxOctets)];
    }

    private static void Change(List<byte> message, ref FuzzRandom random)
    {
        var at = random.Below(message.Count);
        switch (random.Below(message.Count == 0 ? 1 : 12))
        {
            case 0:
                message.InsertRange(at, Noise(ref random));
                break;
            case 1 or 2:
                message[at] ^= (byte)(1 << random.Below(8));
                break;
            case 3 or 4:
                message[at] = random.Of<byte>(Telling);
                break;
            case 5:
                message.RemoveRange(at, message.Count - at);
                break;
            case 6:
                message.RemoveRange(at, random.Below(Math.Min(20, message.Count - at + 1)));
                break;
            case 7:
                message.InsertRange(at, Slice(random.Of<byte[]>(FuzzCorpus.Messages), ref random));
                break;
            case 8:
                message.InsertRange(at, Slice([.. message], ref random));
                break;
            case 9:
                Put(message, 4 + (2 * random.Below(4)), random.Of<int>([0, 1, 2, 3, 1_000, 0xFFFF]));
                break;
            case 10:
                // Half of them near by, where loops are made.
                Put(message, at, 0xC000 | (random.Below(2) == 0 ? random.Below(message.Count) : Math.Clamp(at + random.Below(9) - 4, 0, 0x3FFF)));
                break;
            default:
                message[at] = (byte)(message[at] + random.Below(3) - 1);
                break;
        }
    }

    private static byte[] Noise(ref FuzzRandom random)
    {
        var octets = new byte[random.Below(40)];
        for (var i = 0; i < octets.Length; i++)
            octets[i] = (byte)random.Next();
        return octets;
    }

    private static byte[] Slice(byte[] message, ref FuzzRandom random)
    {
        var start = random.Below(message.Length);
        return message[start..(start + random.Below(Math.Min(300, message.Length - start + 1)))];
    }

    private static void Put(List<byte> message, int at, int value)
    {
        if (at + 2 > message.Count)
            return;
        message[at] = (byte)(value >> 8);
        message[at + 1] = (byte)value;
    }
}
