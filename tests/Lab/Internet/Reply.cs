using System.Buffers.Binary;
using System.Text;

namespace DnsGuard.Lab.Internet;

/// <summary>What of a response is compared: the code, the AD flag and the answer section without TTLs and signatures' octets.</summary>
internal sealed record Reply(string Code, bool IsAuthentic, string Answer, string Error = "")
{
    /// <summary>A stub sees no difference between silence and failure, and both are a failure to resolve.</summary>
    public static readonly Reply None = new("SERVFAIL", false, "", "no response");

    private static readonly string[] Codes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

    /// <summary>Equal as far as a client can tell.</summary>
    public bool Matches(Reply other) => Code == other.Code && (Code == "SERVFAIL" || (IsAuthentic == other.IsAuthentic && Answer == other.Answer));

    /// <summary>In few words, for a table.</summary>
    public string Brief => Code == "SERVFAIL" ? Code : $"{Code}{(IsAuthentic ? "+AD" : "")}{(Answer.Length == 0 ? "" : "+answer")}";

    public override string ToString() => $"{Code}{(IsAuthentic ? " AD" : "")}{(Error.Length > 0 ? $" ({Error})" : "")} [{Answer.Replace("\n", "; ", StringComparison.Ordinal)}]";

    /// <summary>Reads a response.</summary>
    public static Reply Read(byte[] message)
    {
        var code = message[3] & 0x0F;
        var at = 12;
        for (var left = Number(message, 4); left > 0; left--)
        {
            ReadName(message, ref at);
            at += 4;
        }

        var answer = ReadRecords(message, ref at, Number(message, 6));
        ReadRecords(message, ref at, Number(message, 8));
        var error = ReadError(message, at, Number(message, 10));
        return new Reply(code < Codes.Length ? Codes[code] : $"RCODE{code}", (message[3] & 0x20) != 0, string.Join('\n', answer), error);
    }

    private static SortedSet<string> ReadRecords(byte[] message, ref int at, int count)
    {
        var records = new SortedSet<string>(StringComparer.Ordinal);
        for (; count > 0; count--)
        {
            var owner = ReadName(message, ref at);
            var type = (ushort)Number(message, at);
            var length = Number(message, at + 8);
            at += 10;
            records.Add($"{owner} {Question.TypeName(type)} {ReadData(message, at, length, type)}");
            at += length;
        }

        return records;
    }

    private static string ReadData(byte[] message, int at, int length, ushort type)
    {
        var end = at + length;
        var text = new StringBuilder();
        // Names may be compressed in the types of RFC 1035; SRV and DNAME may not, and their names are names all the same.
        var (before, names) = type switch { 2 or 5 or 12 or 39 => (0, 1), 6 => (0, 2), 15 => (2, 1), 33 => (6, 1), _ => (length, 0) };
        if (type == 46)
            return Question.TypeName((ushort)Number(message, at));
        text.Append(Convert.ToHexString(message, at, before));
        at += before;
        for (; names > 0; names--)
            text.Append(text.Length > 0 ? " " : "").Append(ReadName(message, ref at));
        return text.Append(Convert.ToHexString(message, at, end - at)).ToString();
    }

    // Extended DNS Errors (RFC 8914) are told, not compared: each resolver has its own mind about them.
    private static string ReadError(byte[] message, int at, int count)
    {
        var errors = new List<int>();
        for (; count > 0; count--)
        {
            ReadName(message, ref at);
            var type = Number(message, at);
            var end = at + 10 + Number(message, at + 8);
            at += 10;
            while (type == 41 && at + 4 <= end)
            {
                if (Number(message, at) == 15)
                    errors.Add(Number(message, at + 4));
                at += 4 + Number(message, at + 2);
            }

            at = end;
        }

        return errors.Count == 0 ? "" : "EDE " + string.Join(',', errors);
    }

    private static string ReadName(byte[] message, ref int at)
    {
        var text = new StringBuilder();
        int? after = null;
        for (var jumps = 0; message[at] != 0;)
        {
            if (message[at] >= 0xC0)
            {
                if (++jumps > 128)
                    throw new InvalidDataException("a name that does not end");
                after ??= at + 2;
                at = Number(message, at) & 0x3FFF;
                continue;
            }

            text.Append(Encoding.Latin1.GetString(message, at + 1, message[at]).ToLowerInvariant()).Append('.');
            at += message[at] + 1;
        }

        at = after ?? at + 1;
        return text.Length == 0 ? "." : text.ToString();
    }

    private static int Number(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
}
