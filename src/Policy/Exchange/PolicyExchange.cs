using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>★ Lists of names as others write them → rules of ours, and back. What one side cannot say becomes a note.</summary>
public static class PolicyExchange
{
    private static readonly IExchangeFormat[] Formats =
        [new Route53List(), new NetworkFirewallList(), new ResponsePolicyZone(), new PlainList(), new DnsmasqConfig(), new CiliumPolicy(), new SmokescreenAcl(), new SquidDomains()];

    // Enough for the comments that open a file.
    private const int HeadCharacters = 4_096;

    /// <summary>What the formats are called.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Formats.Select(format => format.Name)];

    /// <summary>The format that a text is surely of; null where it may be of several, or of none.</summary>
    public static string? Guess(string text)
    {
        var head = text.AsSpan(0, Math.Min(text.Length, HeadCharacters)).TrimStart('\uFEFF').ToString();
        return Formats.Where(format => format.IsSurely(head)).Select(format => format.Name).ToArray() is [var only] ? only : null;
    }

    /// <summary>Reads a text, and says what it would make of a list's rules. Changes nothing, and throws at nothing that a text can hold.</summary>
    /// <param name="format">One of <see cref="Names"/>.</param>
    /// <param name="text">What others wrote.</param>
    /// <param name="known">The rules of the list or group that it is for.</param>
    /// <param name="options">How it is taken over.</param>
    /// <param name="validator">Knows how wide a rule may be.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static ImportPlan Import(string format, string text, RuleList known, ImportOptions options, PolicyValidator validator)
    {
        var notes = new ExchangeNotes();
        var intake = new RuleIntake(options, notes);
        var reader = Find(format);
        reader.Read(text, intake);
        var file = new FileRules(intake.Build(), known, reader.Traits, options, validator, notes).Ready(intake.DeniesTheRest);
        return new ImportPlanner(known, file, reader.Traits, options, notes).Plan();
    }

    /// <summary>Writes rules as others write them.</summary>
    /// <param name="format">One of <see cref="Names"/>.</param>
    /// <param name="source">The rules, and what they are called.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static ExportResult Export(string format, ExportSource source)
    {
        var notes = new ExchangeNotes();
        var writer = Find(format);
        var selection = RuleSelection.For(source, writer.Traits, notes);
        using var text = new StringWriter { NewLine = "\n" };
        writer.Write(selection, text);
        return new ExportResult(text.ToString(), writer.MediaType, selection.Rules.Count, notes);
    }

    private static IExchangeFormat Find(string name) =>
        Array.Find(Formats, format => format.Name == name) ?? throw new ArgumentException($"there is no format '{name}'", nameof(name));
}
