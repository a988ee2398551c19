using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>Short ways to import and export.</summary>
internal static class Exchanges
{
    public static TheoryData<string> Formats => [.. PolicyExchange.Names];

    public static RuleList Rules(params string[] rules) => Policies.Check(Policies.OfRules(rules), out var document) is { Count: 0 } ? document.Groups[0].Rules : throw new FormatException(string.Join(", ", rules));

    public static ImportPlan Import(string format, string text, RuleList? known = null, ImportOptions? options = null) =>
        PolicyExchange.Import(format, text, known ?? [], options ?? new ImportOptions(), new PolicyValidator(Policies.Suffixes, []));

    public static ExportResult Export(string format, RuleList rules, RuleAction? action = null) =>
        PolicyExchange.Export(format, new ExportSource("build", rules, PolicyGenerator.Start) { Action = action, Revision = 41 });

    /// <summary>The rules that a text becomes, one a line.</summary>
    public static string[] Read(string format, string text, ImportOptions? options = null) => [.. Import(format, text, null, options).Rules.Select(Words)];

    /// <summary>A rule in one line, with its ports where they are not the usual ones.</summary>
    public static string Words(RuleDocument rule) =>
        $"{(rule.Action is RuleAction.Allow ? "+" : "-")} {rule.Pattern.Text}{(rule.Ports.Equals(PortSet.Default) ? "" : $" {rule.Ports}")}";

    /// <summary>The notes of some kinds: kind, line, words.</summary>
    public static string[] Notes(ExchangeNotes notes, params NoteKind[] kinds) =>
        [.. notes.Listed.Where(note => kinds.Length == 0 || kinds.Contains(note.Kind)).Select(note => $"{note.Kind} {note.Line} {note.Text}")];
}
