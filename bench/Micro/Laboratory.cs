using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Micro;

/// <summary>Policies, queries and answers that the benches share.</summary>
internal static class Laboratory
{
    /// <summary>Who asks.</summary>
    public static InternetAddress Client { get; } = InternetAddress.TryParse("10.1.2.3", out var address) ? address : throw new FormatException();

    /// <summary>Names of the kind that policies hold: four labels, a thousand organisations.</summary>
    public static string NameText(int number) => $"service{number}.org{number % 1_000}.example.com";

    /// <summary>A policy that allows so many names, for one group.</summary>
    public static PolicySnapshot Policy(int names)
    {
        var text = new StringBuilder("apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  lab:\n    clients: [10.0.0.0/8]\n    rules:\n");
        for (var i = 0; i < names; i++)
            text.Append("      - allow: ").Append(NameText(i)).Append('\n');
        var problems = new List<TextProblem>();
        var document = PolicyReader.Read(text.ToString(), problems);
        if (problems.Count > 0)
            throw new InvalidOperationException(problems[0].Describe("the laboratory's policy"));
        return new PolicyCompiler([], []).Compile(1, document);
    }

    /// <summary>A query as a stub sends it.</summary>
    public static byte[] Query(string name, bool hasEdns)
    {
        var buffer = new byte[512];
        var writer = new MessageWriter(buffer, []);
        writer.WriteQuestion(DomainName.Parse(name).Octets, RecordType.A, RecordClass.Internet);
        if (hasEdns)
            writer.WriteEdns(1_232, dnssecOk: false);
        return buffer[..writer.Finish(0x1234, HeaderFlags.RecursionDesired, ResponseCode.NoError)];
    }

    /// <summary>Puts an answer of two addresses into a cache.</summary>
    public static void Store(AnswerCache cache, PolicySnapshot snapshot, DomainName name, Moment now)
    {
        var verdict = snapshot.Decide(name.Octets, RecordType.A, Client, now.UnixSeconds);
        Span<byte> message = stackalloc byte[512];
        Span<ushort> offsets = stackalloc ushort[MessageWriter.CompressionSlots];
        var writer = new MessageWriter(message, offsets);
        writer.WriteQuestion(name.Octets, RecordType.A, RecordClass.Internet);
        writer.WriteRRset(new RRset(name, RecordType.A, 3_600, [[100, 0, 0, 1], [100, 0, 0, 2]]), Section.Answer);
        var octets = writer.Finish(0, HeaderFlags.Response | HeaderFlags.RecursionAvailable, ResponseCode.NoError);
        cache.Store(name, RecordType.A, AnswerVariant.Plain, snapshot.Groups[verdict.Group].Key, new AnswerToStore(message[..octets], [])
        {
            TtlSeconds = 86_400,
            Fingerprint = verdict.Fingerprint,
            Epoch = 0,
            OpenUntil = long.MaxValue,
        }, now);
    }
}
