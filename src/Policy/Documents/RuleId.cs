using System.Security.Cryptography;
using System.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>The id of a rule that names none: made from what it says, so that the same file always yields the same ids.</summary>
internal static class RuleId
{
    private const int UsualOctets = 512;

    /// <summary>Makes an id's octets. Eight: of a million rules two must not meet by chance.</summary>
    public static void Derive(RuleAction action, ReadOnlySpan<char> pattern, IReadOnlyList<RecordType> types, Span<byte> id)
    {
        var tail = types.Count == 0 ? "" : string.Join(' ', types.Order());
        var most = 2 + pattern.Length + tail.Length;
        Span<byte> identity = most <= UsualOctets ? stackalloc byte[UsualOctets] : new byte[most];
        identity[0] = action is RuleAction.Allow ? (byte)'+' : (byte)'-';
        var octets = 1 + Encoding.ASCII.GetBytes(pattern, identity[1..]);
        identity[octets++] = (byte)' ';
        octets += Encoding.ASCII.GetBytes(tail, identity[octets..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(identity[..octets], hash);
        hash[..id.Length].CopyTo(id);
    }
}
