using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Domain lists of Route 53 Resolver DNS Firewall: a name a line, <c>*.</c> in front for the names below it.</summary>
/// <remarks>"Managing your own domain lists": letters, digits, hyphens, an asterisk only in front, 1 to 255 characters. We read underscores too.</remarks>
internal sealed class Route53List : IExchangeFormat
{
    private const int MaxCharacters = 255;

    /// <inheritdoc/>
    public string Name => "route53";

    /// <inheritdoc/>
    public string MediaType => "text/plain";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.Below, PatternKind.Everything], SplitsSubtrees = true, HasUnderscores = false };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head) => false;

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        var lines = new LineScanner(text);
        while (lines.TryNext(out var line))
        {
            if (!intake.MayRead(lines.Number, line))
                continue;
            var name = LineScanner.WithoutComment(line, '#');
            if (!name.IsEmpty)
                ReadName(lines.Number, name, intake);
        }
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        foreach (var rule in rules.Rules)
        {
            if (rule.Pattern.Kind is PatternKind.AtOrBelow)
                text.WriteLine(rule.Pattern.Suffix.ToString());
            text.WriteLine(rule.Pattern.Kind is PatternKind.AtOrBelow ? $"*.{rule.Pattern.Suffix}" : rule.Pattern.Text);
        }
    }

    private static void ReadName(int line, ReadOnlySpan<char> name, RuleIntake intake)
    {
        var action = intake.Options.Action ?? RuleAction.Allow;
        if (name.Length > MaxCharacters)
            intake.Invalid(line, name, "it is longer than 255 characters", "Write one name into a line");
        else if (name is "*")
            intake.AddPattern(line, action, name);
        else if (name.StartsWith("*."))
            intake.Add(line, action, PatternKind.Below, name[2..]);
        else if (name[0] is '*')
            intake.LeftOut(line, name, "an asterisk in front of part of a label reaches names of other owners", $"Write *.{name[1..].TrimStart('.')} or the names themselves");
        else
            intake.Add(line, action, PatternKind.Exact, name);
    }
}
