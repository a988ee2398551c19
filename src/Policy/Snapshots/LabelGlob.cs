using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A compiled glob: a label with asterisks, and the literal labels in front of it.</summary>
internal sealed class LabelGlob(NamePattern pattern)
{
    private readonly byte[] _glob = Encoding.ASCII.GetBytes(pattern.GlobLabel);
    private readonly byte[][] _prefix = [.. pattern.Prefix.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How many labels stand left of the literal suffix: the glob's own and those in front of it.</summary>
    public int Labels => _prefix.Length + 1;

    /// <summary>Does a name match whose first <see cref="Labels"/> labels stand left of the literal suffix?</summary>
    public bool Matches(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> starts)
    {
        if (!MatchesGlob(Label(canonical, starts[Labels - 1])))
            return false;
        for (var i = 0; i < _prefix.Length; i++)
        {
            if (!Label(canonical, starts[Labels - 2 - i]).SequenceEqual(_prefix[i]))
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Label(ReadOnlySpan<byte> canonical, int start) => canonical.Slice(start + 1, canonical[start]);

    // The usual two-pointer match; at worst 63 × 63 steps, since a label and a glob are both that short.
    private bool MatchesGlob(ReadOnlySpan<byte> label)
    {
        var at = 0;
        var glob = 0;
        var star = -1;
        var retry = 0;
        while (at < label.Length)
        {
            if (glob < _glob.Length && _glob[glob] == (byte)'*')
            {
                star = glob++;
                retry = at;
            }
            else if (glob < _glob.Length && _glob[glob] == AsciiCase.Lower(label[at]))
            {
                glob++;
                at++;
            }
            else if (star >= 0)
            {
                glob = star + 1;
                at = ++retry;
            }
            else
            {
                return false;
            }
        }

        while (glob < _glob.Length && _glob[glob] == (byte)'*')
            glob++;
        return glob == _glob.Length;
    }
}
