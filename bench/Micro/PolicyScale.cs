using System.Diagnostics;
using System.Globalization;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Micro;

/// <summary>How long does a large policy take to read, check, compile and edit, and what does it weigh?</summary>
internal static class PolicyScale
{
    private const int Groups = 100;
    private const int Blocks = 10_000;
    private const int Edits = 200;

    /// <summary>Prints a line per step.</summary>
    public static int Run(int names)
    {
        var text = Text(names);
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        var validator = new PolicyValidator(PublicSuffixes.Parse("com\norg\n"), []);
        var compiler = new PolicyCompiler([], []);
        var problems = new List<TextProblem>();
        var document = PolicyDocument.Empty;
        PolicySnapshot snapshot = null!;
        // Twice: what the compiler of the runtime does is not what is measured.
        for (var round = 0; round < 2; round++)
        {
            document = Timed("read", () => PolicyReader.Read(text, problems));
            Timed("check", () => Check(validator, document, null, problems));
            snapshot = Timed("compile", () => compiler.Compile(1, document));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"resident",-24} {(GC.GetTotalMemory(forceFullCollection: true) - empty) / (double)names,10:0.0} octets a name"));
        var edits = new List<double>();
        for (var edit = 0; edit < Edits; edit++)
        {
            var rules = document.Lists[0].Rules;
            var rule = new RuleDocument($"edit-{edit}", RuleAction.Allow, NamePattern.Parse($"edit{edit}.example.com"), default);
            var start = Stopwatch.GetTimestamp();
            var next = document with { Lists = [document.Lists[0] with { Rules = edit % 2 == 0 ? rules.With([rule]) : rules.Without((int)((uint)(edit * 7_919) % names)) }] };
            Check(validator, next, document, problems);
            var changes = PolicyDiff.Between(document, next);
            snapshot = compiler.Compile(snapshot.Revision + 1, next, snapshot);
            edits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (changes.Count != 1)
                throw new InvalidOperationException("an edit is not what it should be");
            document = next;
        }

        if (!snapshot.Decide(DomainName.Parse("edit198.example.com").Octets, RecordType.A, InternetAddress.FromIPv4(0x0A00_0001), 0).IsAnswered)
            throw new InvalidOperationException("an edit is not in force");
        edits.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"edit",-24} {edits[Edits / 2],10:0.00} ms median, {edits[^1]:0.00} ms the slowest of {Edits}"));
        return 0;
    }

    private static int Check(PolicyValidator validator, PolicyDocument document, PolicyDocument? known, List<TextProblem> problems)
    {
        validator.Check(document, problems, known);
        return problems.Count == 0 ? 0 : throw new InvalidOperationException(problems[0].Describe("the policy"));
    }

    private static string Text(int names)
    {
        var text = new StringBuilder("apiVersion: dnsguard/v1\nkind: Policy\nlists:\n  all:\n    rules:\n");
        for (var i = 0; i < names; i++)
            text.Append("      - allow: ").Append(Laboratory.NameText(i)).Append('\n');
        text.Append("groups:\n");
        for (var group = 0; group < Groups; group++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  g-{group}:\n    lists: [all]\n    clients:\n");
            for (var block = group; block < Blocks; block += Groups)
                text.Append(CultureInfo.InvariantCulture, $"      - 10.{block >> 8}.{block & 255}.0/24\n");
        }

        return text.ToString();
    }

    private static T Timed<T>(string what, Func<T> step)
    {
        var start = Stopwatch.GetTimestamp();
        var result = step();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-24} {Stopwatch.GetElapsedTime(start).TotalMilliseconds,10:0} ms"));
        return result;
    }
}
