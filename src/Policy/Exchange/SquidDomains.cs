using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Squid's <c>dstdomain</c>: <c>.example.com</c> is the name and all below, <c>example.com</c> the name alone. Files of such names, or lines of squid.conf.</summary>
internal sealed class SquidDomains : IExchangeFormat
{
    /// <inheritdoc/>
    public string Name => "squid";

    /// <inheritdoc/>
    public string MediaType => "text/plain";

    /// <inheritdoc/>
    /// <remarks>Squid 5 does not start with a name in an acl that another of the acl holds.</remarks>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.AtOrBelow], RefusesRepetition = true };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head)
    {
        var lines = new LineScanner(head);
        while (lines.TryNext(out var line))
        {
            if (LineScanner.TakeWord(ref line) is "acl" && LineScanner.TakeWord(ref line) is not "" && LineScanner.TakeWord(ref line) is "dstdomain")
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        var access = new SquidAccess();
        var lines = new LineScanner(text);
        while (lines.TryNext(out var line))
            access.Note(LineScanner.WithoutComment(line, '#'));

        lines = new LineScanner(text);
        while (lines.TryNext(out var line))
        {
            if (!intake.MayRead(lines.Number, line))
                continue;
            var said = LineScanner.WithoutComment(line, '#');
            var rest = said;
            var word = LineScanner.TakeWord(ref rest);
            if (word is "acl")
                ReadAcl(lines.Number, said, rest, access, intake);
            else if (word is "http_access")
                ReadAccess(lines.Number, said, rest, intake);
            else if (!word.IsEmpty && rest.IsEmpty)
                ReadName(lines.Number, intake.Options.Action ?? RuleAction.Allow, word, intake);
            else if (!word.IsEmpty)
                intake.LeftOut(lines.Number, said, "it is not about names", "Nothing is to be done, if names are all that was meant");
        }
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        foreach (var rule in rules.Rules)
            text.WriteLine(rule.Pattern.Text);
    }

    private static void ReadAcl(int line, ReadOnlySpan<char> said, ReadOnlySpan<char> rest, SquidAccess access, RuleIntake intake)
    {
        var name = LineScanner.TakeWord(ref rest);
        if (LineScanner.TakeWord(ref rest) is not "dstdomain")
        {
            intake.LeftOut(line, said, "only acls of the kind dstdomain are names that a client may ask for", "Nothing is to be done, if names are all that was meant");
            return;
        }

        if (access.Of(name) is SquidUse.Both)
        {
            intake.LeftOut(line, said, $"http_access both allows and denies the acl '{name}'", "Say what it shall do: give the names alone, with action=allow or action=deny");
            return;
        }

        var action = intake.Options.Action ?? (access.Of(name) is SquidUse.Denied ? RuleAction.Deny : RuleAction.Allow);
        while (!rest.IsEmpty)
        {
            var word = LineScanner.TakeWord(ref rest);
            if (word is ['"', ..])
                intake.LeftOut(line, word, "the names stand in another file", "Import that file too");
            else if (word is not ['-', ..])
                ReadName(line, action, word, intake);
        }
    }

    private static void ReadAccess(int line, ReadOnlySpan<char> said, ReadOnlySpan<char> rest, RuleIntake intake)
    {
        var action = LineScanner.TakeWord(ref rest);
        if (action is "deny" && rest is "all")
            intake.Implied(line, said, "names that no rule allows are blocked anyway");
        else if (rest is "all")
            intake.LeftOut(line, said, "it allows everything", "Name what is needed");
        else if (LineScanner.TakeWord(ref rest) is var only && rest.IsEmpty && !only.IsEmpty)
            intake.Implied(line, said, "its names became rules");
        else
            intake.LeftOut(line, said, "it asks for more than a name", "Say who by the group that the list is for");
    }

    private static void ReadName(int line, RuleAction action, ReadOnlySpan<char> name, RuleIntake intake)
    {
        if (name.StartsWith("*"))
            intake.Invalid(line, name, "dstdomain knows no asterisks", $"Write .{name.TrimStart("*.")} for the name and all below");
        else if (name[0] == '.')
            intake.Add(line, action, PatternKind.AtOrBelow, name[1..]);
        else
            intake.Add(line, action, PatternKind.Exact, name);
    }
}
