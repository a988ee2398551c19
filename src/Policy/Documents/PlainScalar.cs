using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>Lines that mean the same to everybody: a key, and a value without anything that YAML would treat specially.</summary>
internal static class PlainScalar
{
    /// <summary>Letters of keys and plain values.</summary>
    public static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Letters of patterns.</summary>
    public static readonly SearchValues<char> PatternLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*");

    /// <summary>Reads <c>key: value</c>.</summary>
    public static bool TryKey(ReadOnlySpan<char> line, string key, out ReadOnlySpan<char> value)
    {
        value = default;
        if (!line.StartsWith(key))
            return false;
        value = line[key.Length..].Trim(' ');
        if (value is ['"', .., '"'] or ['\'', .., '\''] && value.Length > 2)
        {
            value = value[1..^1];
            return !value.ContainsAnyExcept(PatternLetters);
        }

        return !value.IsEmpty && !value.ContainsAnyExcept(Letters) && value[0] != '-' && !value.SequenceEqual("null");
    }

    /// <summary>Adds the rule of a line <c>- allow: api.example.com</c>; false where it is not so plain.</summary>
    /// <param name="line">The line from its dash on.</param>
    /// <param name="id">Its id; empty where it names none.</param>
    /// <param name="number">The line's number.</param>
    /// <param name="column">Where the rule begins.</param>
    /// <param name="rules">What it is added to.</param>
    public static bool TryRule(ReadOnlySpan<char> line, ReadOnlySpan<char> id, int number, int column, RuleListBuilder rules)
    {
        RuleAction action;
        if (TryKey(line, "- allow: ", out var written))
            action = RuleAction.Allow;
        else if (TryKey(line, "- deny: ", out written))
            action = RuleAction.Deny;
        else
            return false;
        return TryPattern(action, written, id, number, column, rules);
    }

    /// <summary>Adds a rule that has nothing but a pattern; false where the pattern needs more than a glance.</summary>
    /// <param name="action">Allow or deny.</param>
    /// <param name="written">The pattern, of <see cref="PatternLetters"/> alone.</param>
    /// <param name="id">Its id; empty where it names none.</param>
    /// <param name="number">The line's number.</param>
    /// <param name="column">Where the rule begins.</param>
    /// <param name="rules">What it is added to.</param>
    public static bool TryPattern(RuleAction action, ReadOnlySpan<char> written, ReadOnlySpan<char> id, int number, int column, RuleListBuilder rules)
    {
        Span<char> text = stackalloc char[NameLimits.NameOctets + 2];
        Span<byte> name = stackalloc byte[NameLimits.NameOctets];
        if (!TryPattern(written, text, name, out var kind, out var characters, out var octets))
            return false;
        if (!id.IsEmpty)
        {
            rules.AddPlain(action, kind, name[..octets], id.ToString(), number, column);
            return true;
        }

        Span<byte> derived = stackalloc byte[RuleCodec.DerivedIdOctets];
        BinaryPrimitives.WriteUInt64BigEndian(derived, RuleId.Derive(action, text[..characters], []));
        rules.AddPlain(action, kind, name[..octets], derived, number, column);
        return true;
    }

    // A name, with or without what makes it a subtree: as NamePattern reads it, for those that need no more than a glance.
    private static bool TryPattern(ReadOnlySpan<char> written, Span<char> text, Span<byte> name, out PatternKind kind, out int characters, out int octets)
    {
        (kind, characters, octets) = (PatternKind.Exact, 0, 0);
        if (written.Length > NameLimits.NameOctets)
            return false;
        written.ToLowerInvariant(text);
        characters = written.Length - (written is [_, .., '.'] ? 1 : 0);
        ReadOnlySpan<char> body = text[..characters];
        if (body.StartsWith("*."))
            kind = PatternKind.Below;
        else if (body.StartsWith("."))
            kind = PatternKind.AtOrBelow;
        body = body[(kind switch { PatternKind.Below => 2, PatternKind.AtOrBelow => 1, _ => 0 })..];
        foreach (var label in body.Split('.'))
        {
            var letters = body[label];
            if (letters.Length is 0 or > NameLimits.LabelOctets || letters.Contains('*') || octets + letters.Length + 2 > NameLimits.NameOctets)
                return false;
            name[octets++] = (byte)letters.Length;
            octets += Encoding.ASCII.GetBytes(letters, name[octets..]);
        }

        name[octets++] = 0;
        return octets > 1;
    }
}
