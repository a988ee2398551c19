using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DnsGuard.Sync.Firewall;

/// <summary>Gives rules their numbers: a rule keeps its own when others come and go, so that alerts and statistics of the device stay comparable.</summary>
internal static class RuleNumbers
{
    /// <summary>How many numbers are ours, from the base on.</summary>
    public const uint Span = 1_000_000_000;

    /// <summary>The first ones are for rules that are always there.</summary>
    public const uint Fixed = 100;

    /// <summary>Numbers for rules that are told apart by what they say.</summary>
    /// <param name="first">The first number that is ours.</param>
    /// <param name="keys">What the rules say, none twice.</param>
    /// <param name="hash">How a key and the count of the attempt become a number; null for the usual way.</param>
    /// <remarks>Of two that meet, the one that sorts first keeps the number, and the other tries again: only what meets can ever change. One pair in a thousand million does.</remarks>
    public static IReadOnlyDictionary<string, uint> Give(uint first, IEnumerable<string> keys, Func<string, int, uint>? hash = null)
    {
        var numbers = new Dictionary<string, uint>();
        var taken = new HashSet<uint>();
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            for (var attempt = 0; !numbers.ContainsKey(key); attempt++)
            {
                var number = first + Fixed + ((hash ?? Hash)(key, attempt) % (Span - Fixed));
                if (taken.Add(number))
                    numbers.Add(key, number);
            }
        }

        return numbers;
    }

    private static uint Hash(string key, int attempt) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt} {key}")));
}
