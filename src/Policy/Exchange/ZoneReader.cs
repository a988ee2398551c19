using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Exchange;

/// <summary>Reads a response policy zone line by line: owner, TTL, class, type, data (RFC 1035 §5.1).</summary>
internal sealed class ZoneReader(RuleIntake intake)
{
    // Longer than any name; whatever comes of more of them is none.
    private const int MostCharacters = ExchangeLimits.NameCharacters;

    // Names are kept relative to the apex of the zone, whose own name may never be said.
    private string? _apex;
    private string _origin = "";
    private string? _owner;
    private int _openedIn;

    /// <summary>Reads all of it.</summary>
    public void Read(string text)
    {
        var lines = new LineScanner(text);
        while (lines.TryNext(out var line))
        {
            if (!intake.MayRead(lines.Number, line))
                continue;
            var said = LineScanner.WithoutComment(line, ';');
            // What goes on over several lines is a SOA, or nothing of ours.
            var continues = _openedIn > 0;
            Open(lines.Number, said);
            if (said.IsEmpty || continues)
                continue;
            if (said[0] == '$')
                ReadDirective(lines.Number, said);
            else
                ReadRecord(lines.Number, line[0] is ' ' or '\t', said);
        }

        if (_openedIn > 0)
            intake.Invalid(_openedIn, "(", "a ( without its ): nothing behind it was read", "Close it");
    }

    private void Open(int line, ReadOnlySpan<char> said)
    {
        var isQuoted = false;
        foreach (var character in said)
        {
            isQuoted ^= character == '"';
            if (character == '(' && !isQuoted && _openedIn == 0)
                _openedIn = line;
            else if (character == ')' && !isQuoted)
                _openedIn = 0;
        }
    }

    private void ReadDirective(int line, ReadOnlySpan<char> said)
    {
        var rest = said;
        var word = LineScanner.TakeWord(ref rest);
        if (word.Equals("$TTL", StringComparison.OrdinalIgnoreCase))
            return;
        if (!word.Equals("$ORIGIN", StringComparison.OrdinalIgnoreCase))
        {
            intake.LeftOut(line, said, "only $ORIGIN and $TTL are understood", "Write out what it stands for");
            return;
        }

        var origin = LineScanner.TakeWord(ref rest);
        if (origin.IsEmpty || origin.Length > MostCharacters)
            intake.Invalid(line, said, "$ORIGIN has no name", "Write a name behind it");
        else if (_apex is null && origin is [.., '.'])
            (_apex, _origin) = (Absolute(origin), "");
        else if (Relative(origin) is { } relative)
            _origin = relative;
        else
            intake.Invalid(line, said, "the name is not within the zone", "Write a name that ends in the zone's own");
    }

    private void ReadRecord(int line, bool repeatsOwner, ReadOnlySpan<char> said)
    {
        var rest = said;
        var written = repeatsOwner ? default : LineScanner.TakeWord(ref rest);
        var type = SkipToType(ref rest);
        if (type.Equals("SOA", StringComparison.OrdinalIgnoreCase) && written is [_, .., '.'] && _apex is null && written.Length <= MostCharacters)
            _apex = Absolute(written);
        if (!repeatsOwner)
            _owner = written.Length > MostCharacters ? null : Relative(written);
        if (_owner is null)
            intake.Invalid(line, said, "the owner is not a name within the zone", "Begin with $ORIGIN and the zone's own name, or write names without a final dot");
        else if (type.IsEmpty)
            intake.Invalid(line, said, "there is no record in this line", "Write an owner, a type and its data");
        else if (type.Equals("CNAME", StringComparison.OrdinalIgnoreCase))
            ReadCname(line, _owner, LineScanner.TakeWord(ref rest));
        else if (_owner.Length > 0)
            intake.LeftOut(line, said, $"it answers with {type} records of its own, which DnsGuard does not", "Deny the name, or let a zone of yours say that");
    }

    private void ReadCname(int line, string owner, ReadOnlySpan<char> target)
    {
        if (IsOtherTrigger(owner, out var trigger))
            intake.LeftOut(line, owner, $"'{trigger}' looks at addresses or name servers, and rules are about names", "Say it in a firewall, or by the group's clients");
        else if (target.Equals("rpz-passthru.", StringComparison.OrdinalIgnoreCase) || target.TrimEnd('.').Equals(owner, StringComparison.OrdinalIgnoreCase))
            Add(line, RuleAction.Allow, owner);
        else if (target is "." or "*.")
            Add(line, RuleAction.Deny, owner);
        else if (target.Equals("rpz-drop.", StringComparison.OrdinalIgnoreCase))
            intake.LeftOut(line, owner, "DnsGuard answers whoever may ask at all", "Write CNAME . to deny the name");
        else if (target.Equals("rpz-tcp-only.", StringComparison.OrdinalIgnoreCase))
            intake.LeftOut(line, owner, "rules say nothing about transports", "Write CNAME rpz-passthru. to allow the name");
        else if (target.StartsWith("rpz-", StringComparison.OrdinalIgnoreCase))
            intake.Invalid(line, owner, $"'{target}' is an alias to a name within the zone, since it has no final dot", "Write rpz-passthru. with its dot");
        else
            intake.LeftOut(line, owner, "it leads elsewhere, and DnsGuard serves no names of its own", "Deny the name, or let a zone of yours say that");
    }

    private void Add(int line, RuleAction action, string owner)
    {
        if (owner == "*" && action is RuleAction.Deny)
        {
            intake.DeniesTheRest = true;
            intake.Implied(line, owner, "names that no rule allows are blocked anyway");
        }
        else if (owner == "*")
            intake.AddPattern(line, action, owner);
        else if (owner.StartsWith("*.", StringComparison.Ordinal))
            intake.Add(line, action, PatternKind.Below, owner.AsSpan(2));
        else
            intake.Add(line, action, PatternKind.Exact, owner);
    }

    // Draft "DNS Response Policy Zones" §4: triggers other than the QNAME have a label of their own at the end.
    private static bool IsOtherTrigger(string owner, out string trigger)
    {
        trigger = owner[(owner.LastIndexOf('.') + 1)..].ToLowerInvariant();
        return trigger is "rpz-ip" or "rpz-client-ip" or "rpz-nsip" or "rpz-nsdname";
    }

    private static ReadOnlySpan<char> SkipToType(ref ReadOnlySpan<char> rest)
    {
        var word = LineScanner.TakeWord(ref rest);
        for (var skipped = 0; skipped < 2 && IsTtlOrClass(word); skipped++)
            word = LineScanner.TakeWord(ref rest);
        return word.Length > 16 || !RecordTypeText.TryRead(word.ToString().ToUpperInvariant(), out _) ? default : word;
    }

    private static bool IsTtlOrClass(ReadOnlySpan<char> word) =>
        word.Equals("IN", StringComparison.OrdinalIgnoreCase) || (word is [>= '0' and <= '9', ..] && word.TrimEnd("smhdwSMHDW") is var digits && uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static string Absolute(ReadOnlySpan<char> name) => name.TrimEnd('.').ToString().ToLowerInvariant();

    // The owner without the apex: empty for the apex itself, null where it is outside of the zone.
    private string? Relative(ReadOnlySpan<char> written)
    {
        if (written is "@")
            return _origin;
        if (written is not [.., '.'])
            return written.IsEmpty ? null : _origin.Length == 0 ? written.ToString() : $"{written}.{_origin}";
        if (_apex is null)
            return null;
        var absolute = Absolute(written);
        return absolute == _apex ? "" : absolute.EndsWith('.' + _apex, StringComparison.Ordinal) ? absolute[..^(_apex.Length + 1)] : null;
    }
}
