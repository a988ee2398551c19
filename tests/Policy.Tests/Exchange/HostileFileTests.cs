using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using DnsGuard.Wire.Tests;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>Files of strangers: whatever stands in them, reading ends soon, throws nothing, and makes only rules that a policy may have.</summary>
public sealed class HostileFileTests
{
    private const int Mutations = 3_000;
    private const int Million = 1_000_000;
    private const int Quarter = Million / 4;

    // Processor time: a few seconds as a rule; without bounds it would be minutes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static readonly string[] Pieces =
        ["\n", "\r", "\0", "\u2028", "\uFEFF", "*", "**.", "*.", ".", "..", "#", ";", "(", ")", "\"", "'", "\\", "/", "=/", "//", "---\n", "- ", ": ", "[", "]", "{", "}", "&a", "*a", "!x", "|", ">", "\t", " ", "$ORIGIN .", "@", "CNAME ", "\uD800", "ü", "xn--", "acl ", "!", "127.0.0.1 ", "99999999999", new string('a', 300)];

    [Theory]
    [MemberData(nameof(Exchanges.Formats), MemberType = typeof(Exchanges))]
    public void Random_octets_are_read_without_harm(string format)
    {
        var random = new Random(4711);
        for (var run = 0; run < Mutations; run++)
        {
            var octets = new byte[random.Next(0, 400)];
            random.NextBytes(octets);
            Harmless(format, run % 2 == 0 ? Encoding.Latin1.GetString(octets) : Encoding.UTF8.GetString(octets));
        }
    }

    [Theory]
    [MemberData(nameof(Exchanges.Formats), MemberType = typeof(Exchanges))]
    public void Mutated_files_are_read_without_harm(string format)
    {
        var random = new Random(1147);
        var files = FormatTests.Files.Where(file => (string)file[0] == format).Select(file => (string)file[1])
            .Append(Exchanges.Export(format, Exchanges.Rules("allow: .example.com", "deny: '*.a.example.com'", "{allow: b.example.com, ports: tcp/22}")).Text).ToArray();
        for (var run = 0; run < Mutations; run++)
        {
            var text = new StringBuilder(files[run % files.Length]);
            for (var change = random.Next(1, 6); change > 0; change--)
                Mutate(text, random);
            Harmless(format, text.ToString());
        }
    }

    [Theory]
    [InlineData("route53", "host-{0}.example{1}.com\n")]
    [InlineData("plain", "host-{0}.example{1}.com\n")]
    [InlineData("squid", ".host-{0}.example{1}.com\n")]
    [InlineData("network-firewall", ".host-{0}.example{1}.com\n")]
    [InlineData("dnsmasq", "server=/host-{0}.example{1}.com/#\n")]
    [InlineData("rpz", "host-{0}.example{1}.com CNAME rpz-passthru.\n")]
    public void A_million_lines_are_read_soon(string format, string line)
    {
        var text = Lines(line, Million);
        var start = ThreadClock.Now;

        var plan = Exchanges.Import(format, text);

        AssertSoon(start);
        Assert.Equal((Million, Million, 0), (plan.Rules.Count, plan.Notes.Count(NoteKind.Added), plan.NotTaken));
        Assert.Equal(ExchangeLimits.Notes, plan.Notes.Listed.Count);
    }

    [Theory]
    [InlineData("plain", "no-{0}..name\n")]
    [InlineData("plain", "b\u00FCcher-{0}.exa\u200Bmple\n")]
    [InlineData("plain", "a*b*c*d*e*f-{0}.example.com\n")]
    [InlineData("plain", "one.example.com\n")]
    [InlineData("plain", "a-{0}*.example.com\n")]
    [InlineData("plain", "{0}.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h.i.j\n")]
    [InlineData("rpz", "a-{0} A 192.0.2.1\n")]
    [InlineData("rpz", "((((((\n")]
    [InlineData("squid", "http_access deny a-{0}\n")]
    [InlineData("dnsmasq", "server=/////////////////////////////\n")]
    public void A_million_lines_of_nonsense_are_refused_soon(string format, string line)
    {
        var text = Lines(line, Million / 2);
        var start = ThreadClock.Now;

        Exchanges.Import(format, text);

        AssertSoon(start);
    }

    [Theory]
    [InlineData("cilium", "        - {{matchName: host-{0}.example{1}.com}}\n", "kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toFQDNs:\n")]
    [InlineData("cilium", "    - {{toFQDNs: [{{matchName: a.example}}], toPorts: [{{ports: [{{port: \"{0}\", protocol: TCP}}]}}]}}\n", "kind: CiliumNetworkPolicy\nspec:\n  egress:\n")]
    [InlineData("cilium", "---\n", "")]
    [InlineData("smokescreen", "      - host-{0}.example.com\n", "services:\n  - name: a\n    allowed_domains:\n")]
    [InlineData("smokescreen", "  - '*.host-{0}.example.com'\n", "global_deny_list:\n")]
    [InlineData("smokescreen", "[", "")]
    [InlineData("smokescreen", "{{a: ", "")]
    [InlineData("smokescreen", "- ", "")]
    [InlineData("smokescreen", "\"", "")]
    [InlineData("network-firewall", "[", "[")]
    [InlineData("network-firewall", "\"a-{0}.example\",\n", "{\"Targets\": [")]
    public void Large_documents_are_read_or_refused_soon(string format, string piece, string head)
    {
        var text = new StringBuilder(head);
        for (var i = 1; text.Length < ExchangeLimits.YamlCharacters - 200; i++)
            text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, piece, i, i % 7);
        var start = ThreadClock.Now;

        Exchanges.Import(format, text.ToString());

        AssertSoon(start);
    }

    [Fact]
    public void What_is_too_large_is_told_so()
    {
        Assert.Equal(["Invalid 1 "], Exchanges.Notes(Exchanges.Import("cilium", new string(' ', ExchangeLimits.YamlCharacters + 1)).Notes));
        var lines = Exchanges.Import("plain", new string('\n', ExchangeLimits.Lines) + "late.example.com\nlater.example.com\n");
        Assert.Equal([$"Invalid {ExchangeLimits.Lines + 1} late.example.com"], Exchanges.Notes(lines.Notes));
        Assert.Empty(lines.Rules);
        var line = Exchanges.Import("squid", $"acl a dstdomain {new string('a', ExchangeLimits.LineCharacters)}\nok.example.com\n");
        Assert.Equal(["Invalid 1", "Added 2"], Exchanges.Notes(line.Notes).Select(note => string.Join(' ', note.Split(' ')[..2])));
    }

    [Fact]
    public void Many_rules_are_written_soon()
    {
        var rules = Exchanges.Import("plain", Lines("host-{0}.example{1}.com\n", Quarter)).Rules;
        foreach (var format in PolicyExchange.Names)
        {
            var start = ThreadClock.Now;
            var export = Exchanges.Export(format, rules);
            Assert.Equal(Quarter, export.Written + export.Notes.Count(NoteKind.LeftOut));
            AssertSoon(start);
        }
    }

    private static void Harmless(string format, string text)
    {
        var start = ThreadClock.Now;
        var plan = Exchanges.Import(format, text, null, new ImportOptions { Service = "a" });
        PolicyExchange.Guess(text);
        AssertSoon(start);
        var problems = new List<Policy.Text.TextProblem>();
        new PolicyValidator(Policies.Suffixes, []).Check(new PolicyDocument([new ListDocument("l", null, plan.Rules, default)], []), problems);
        Assert.True(problems.Count == 0, $"{format}: {string.Join(", ", problems)}\n{text}");
        // What was taken over is as good as written by hand.
        var patterns = plan.Rules.Select(rule => rule.Pattern.Text).Distinct().ToList();
        Assert.Equal(patterns, Exchanges.Import("plain", string.Join('\n', patterns), null, new ImportOptions { Action = RuleAction.Deny }).Rules.Select(rule => rule.Pattern.Text));
        Assert.All(plan.Notes.Listed, note => Assert.DoesNotContain(note.Text + note.Detail + note.Cure, character => char.IsControl(character)));
    }

    private static void AssertSoon(TimeSpan start)
    {
        var taken = ThreadClock.Now - start;
        Assert.True(taken < Soon, $"{taken}");
    }

    private static void Mutate(StringBuilder text, Random random)
    {
        var at = random.Next(0, text.Length + 1);
        var length = Math.Min(random.Next(1, 20), text.Length - at);
        switch (random.Next(4))
        {
            case 0:
                text.Remove(at, length);
                break;
            case 1:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 2:
                text.Insert(random.Next(0, text.Length + 1), text.ToString(at, length));
                break;
            default:
                if (at < text.Length)
                    text[at] = (char)random.Next(0, random.Next(2) == 0 ? 128 : 0x3000);
                break;
        }
    }

    private static string Lines(string line, int count)
    {
        var text = new StringBuilder(count * line.Length);
        for (var i = 0; i < count; i++)
            text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, line, i, i % 7);
        return text.ToString();
    }
}
