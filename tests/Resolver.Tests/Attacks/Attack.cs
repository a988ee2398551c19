using System.Diagnostics;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>What the attack tests share. They run one after another and beside nothing else, since each is about a figure.</summary>
[CollectionDefinition(nameof(Attack), DisableParallelization = true)]
public sealed class Attack
{
    public const string Toplevels = "com. NS ns.com.\nns.com. A @2 \norg. NS ns.org.\nns.org. A @3 \n";

    /// <summary>The attacker, apart from honest clients on 127.0.0.1: shares of clients are not what these tests attack.</summary>
    public const string Forger = "127.0.0.66";

    public static string All { get; } = Policies.Dev("tunnels: off", "{allow: '*', types: [A, AAAA, CNAME, NS, DS, TXT, MX, HTTPS]}");

    public static DomainName Name(string name) => DomainName.Parse(name);

    /// <summary>What was asked upstream, without the root's list of its servers: that is asked for once, whoever asks what.</summary>
    public static int Packets(params IEnumerable<ToyServer> servers) => servers.Sum(server => server.Asked.Count(query => !(query.Name.IsRoot && query.Type is RecordType.NS)));

    /// <summary>The same without what was asked twice for want of an answer in time: on a machine that stalls, that is not the attack's doing.</summary>
    public static int Questions(params IEnumerable<ToyServer> servers) =>
        servers.Sum(server => server.Asked.Where(query => !(query.Name.IsRoot && query.Type is RecordType.NS)).Select(query => (query.Name, query.Type, query.IsTcp)).Distinct().Count());

    /// <summary>CPU time of this process for some work, toy servers and clients included: an upper bound for what the resolver took.</summary>
    public static async Task<TimeSpan> Cost(Func<Task> work)
    {
        var process = Process.GetCurrentProcess();
        // Leftovers of the test before are not this one's.
        GC.Collect();
        process.Refresh();
        var before = process.TotalProcessorTime;
        await work();
        process.Refresh();
        return process.TotalProcessorTime - before;
    }
}
