using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Documents;

public class PolicyWriterTests
{
    private static readonly Gen<string> Note = Gen.Choose(0, 6).SelectMany(count => Gen.Elements(
        "a", " ", "\"", "'", "\\", "\n", "\r\n", "\r", "\t", "\0", "\u0001", "\u001B", "\u007F", "\u0085", "\u00A0", "\u00AD", "\u200B", "\u2028", "\u2029", "\uFEFF", "\uFFFE", "\uE000",
        "é", "例", "😀", "# no comment", ": ", "- ", "&a ", "*a", "!t ", "|", ">", "%", "@", "`", "{", "}", "[", "]", ",", "?", "null", "~", "---\n", "...\n", "<b>", "\\n", "${x}", "true").ArrayOf(count)).Select(string.Concat);

    private static readonly Gen<string> Name = Gen.Elements("a", "b-1", "null", "true", "no", "y", "on", "e1", "default");

    private static readonly Gen<RuleDocument> Rule =
        from rule in PolicyGenerator.Rule
        from notes in Note.OrNull().ArrayOf(3)
        from flags in Gen.Elements(true, false).ArrayOf(5)
        from ticks in Gen.Elements<long?>(null, 0, 1, 9_999_999, 10_000_000, 864_000_000_000)
        from hold in Gen.Elements<int?>(null, 0, 1, 1_000, 1_500, 4_000)
        from pin in Gen.Elements<int?>(null, 1, 16)
        from types in Gen.Elements<IReadOnlyList<RecordType>?>(null, [RecordType.TXT], [(RecordType)65280, RecordType.A])
        select rule with
        {
            Owner = notes[0],
            Comment = notes[1],
            Ticket = notes[2],
            AllowsPrivate = flags[0],
            RequiresDnssec = flags[1],
            IsBroad = flags[2],
            ConfirmsEverything = flags[3],
            IsWarm = flags[4],
            Expires = ticks is { } after ? PolicyGenerator.Start.AddTicks(after) : null,
            Hold = hold is { } wait ? TimeSpan.FromMilliseconds(wait) : null,
            Pin = pin,
            Types = types,
        };

    private static readonly Gen<GroupDocument> Group =
        from comment in Note.OrNull()
        from clients in Gen.Elements<IReadOnlyList<AddressRange>>([], [AddressRange.Parse("0.0.0.0/0")], [AddressRange.Parse("10.1.2.3/32"), AddressRange.Parse("::/0"), AddressRange.Parse("2001:db8::1/128")])
        from settings in Gen.Choose(0, 2 * 4 * 2 * 3 * 2 - 1)
        from grace in Gen.Elements("default", "jvm", "0", "90s", "1500ms", "1d")
        from lists in Name.ArrayOf(2)
        from targets in Gen.Choose(0, 2).SelectMany(count => Name.ArrayOf(count)).OrNull()
        from rules in Gen.Choose(0, 3).SelectMany(count => Rule.ArrayOf(count))
        select new GroupDocument("", default)
        {
            Comment = comment,
            Clients = clients,
            Mode = (GroupMode)(settings % 2),
            BlockResponse = (BlockResponse)(settings / 2 % 4),
            Aliases = (AliasPolicy)(settings / 8 % 2),
            Families = (AddressFamilies)(settings / 16 % 3),
            Ech = (EchPolicy)(settings / 48 % 2),
            Tunnels = (TunnelPolicy)(settings / 7 % 3),
            Grace = GrantGrace.TryParse(grace, out var parsed) ? parsed : throw new FormatException(grace),
            Lists = lists,
            Targets = targets,
            Rules = [.. rules],
        };

    private static readonly Arbitrary<PolicyDocument> Documents = (
        from lists in Rule.ArrayOf(2)
        from comment in Note.OrNull()
        from names in Gen.Shuffle(new[] { "a", "b-1", "null", "default", "true" })
        from groups in Group.ArrayOf(2)
        select new PolicyDocument(
            [new ListDocument(names[0], comment, [.. lists], default), new ListDocument(names[1], null, [], default)],
            [groups[0] with { Name = names[0] }, groups[1] with { Name = names[1] }])).ToArbitrary();

    [Fact]
    public void Any_document_survives_its_own_text() => Properties.Holds(Prop.ForAll(Documents, document =>
    {
        var text = PolicyWriter.Write(document);
        var problems = new List<TextProblem>();
        var read = PolicyReader.Read(text, problems);
        return (problems.Count == 0 && PolicyMeaning.Of(read) == PolicyMeaning.Of(document) && PolicyWriter.Write(read) == text)
            .Label(string.Join('\n', problems) + "\n" + text);
    }), 400);

    [Fact]
    public void Whatever_a_note_holds_it_takes_one_line() => Properties.Holds(Prop.ForAll(Documents, document =>
        PolicyWriter.Write(document).Split('\n').All(line => !line.Any(character => char.IsControl(character) || character is '\u2028' or '\u2029'))), 500);

    [Fact]
    public void What_is_usual_is_left_out_and_the_order_is_fixed()
    {
        const string text = """
            apiVersion: dnsguard/v1
            kind: Policy
            lists:
              empty:
                rules: []
              github:
                comment: "their hosts"
                rules:
                  - allow: ".github.com"
                    id: gh
            groups:
              dev:
                clients: ["10.0.0.0/8", "2001:db8::/32"]
                mode: enforce
                lists: [github]
                rules:
                  - deny: "*"
                    id: all
                  - allow: "xn--bcher-kva.example"
                    id: books
                    ports: [tcp/22, udp/53-54]
                    types: [A, TYPE65280]
                    expires: 2027-01-31T18:00:00.5Z
                    owner: "me"
                    comment: "\"\\\n"
                    ticket: "OPS-1"
                    private: allow
                    dnssec: require
                    hold: 1s
                    pin: 2
                    via: "com.amazonaws.{region}.s3"
                    broad: true
                    confirm: everything
                    warm: true
              default:
                mode: audit
                blockResponse: sinkhole
                aliases: inspect
                families: ipv6
                ech: allow
                grace: jvm
                targets: [gateway]
                rules: []

            """;

        Assert.Equal(text, PolicyWriter.Write(Policies.Valid(text)));
    }

    [Fact]
    public void An_empty_document_is_written_as_one() =>
        Assert.Equal(Policies.Head + "lists: {}\ngroups: {}\n", PolicyWriter.Write(PolicyDocument.Empty));
}
