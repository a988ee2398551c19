using DnsGuard.Dnssec.Denial;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Dnssec.Tests.Denial;

/// <summary>Proofs against zones that are known: what a zone sends is proof enough, and no set of its records ever proves what is false.</summary>
public sealed class DenialOracleTests
{
    private static readonly string[] Labels = ["a", "b", "*", "m", "ent", "z", "cut", "plain", "d"];

    private static readonly RecordType[] Types = [RecordType.A, RecordType.TXT, RecordType.CNAME, RecordType.DS, RecordType.NS, RecordType.MX];

    public static TheoryData<int, ToyDenial, bool> Zones()
    {
        var data = new TheoryData<int, ToyDenial, bool>();
        for (var seed = 1; seed <= 12; seed++)
        {
            data.Add(seed, ToyDenial.Nsec, false);
            data.Add(seed, ToyDenial.Nsec3, false);
            data.Add(seed, ToyDenial.Nsec3, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void What_a_zone_says_is_proven_and_what_it_does_not_say_is_not(int seed, ToyDenial denial, bool optOut)
    {
        var random = new Random(seed);
        var zone = ZoneOf(random, denial, optOut);
        var seen = new List<RRset>();
        for (var i = 0; i < 150; i++)
        {
            var (name, type) = (NameOf(random), Types[random.Next(Types.Length)]);
            var reply = Ask(zone, name, type);
            if (reply.Code is ResponseCode.NoError or ResponseCode.NameError)
            {
                var (isNoName, isNoData) = (reply.Code is ResponseCode.NameError && reply.Answers.Count == 0, IsNoData(reply));
                var proof = Proof(reply.Authorities, denial);
                if (isNoName)
                    Assert.NotEqual(DenialOutcome.NotProven, proof.NoName(name));
                if (isNoData)
                    Assert.NotEqual(DenialOutcome.NotProven, proof.NoData(name, type));

                // Everything that the zone ever said, all at once.
                var all = Proof(seen, denial);
                Assert.True(isNoName || all.NoName(name) is not DenialOutcome.Proven, $"{name} was denied");
                Assert.True(isNoData || all.NoData(name, type) is not DenialOutcome.Proven, $"{type} of {name} was denied");
                if (reply.Answers.Exists(set => set.Type is RecordType.DS))
                    Assert.Equal(DelegationDenial.NotProven, all.NoDs(name));
            }

            seen.AddRange(reply.Authorities.Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3));
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void A_wildcard_is_proven_to_be_the_closest_match_only_where_it_is(int seed, ToyDenial denial, bool optOut)
    {
        var random = new Random(seed);
        var zone = ZoneOf(random, denial, optOut);
        var seen = new List<RRset>();
        for (var i = 0; i < 150; i++)
        {
            var name = NameOf(random);
            var reply = Ask(zone, name, RecordType.A);
            seen.AddRange(reply.Authorities.Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3));
            var expanded = reply.Answers.Find(set => set.Type is RecordType.RRSIG && set.Owner.Equals(name) && set.Rdatas[0][3] < CanonicalForm.OwnerLabels(name));
            if (expanded is not null)
                Assert.NotEqual(DenialOutcome.NotProven, Proof(reply.Authorities, denial).NoCloserMatch(name, expanded.Rdatas[0][3]));
            // What stands there by itself is no wildcard's, however far up the wildcard may be.
            for (var labels = 1; expanded is null && labels < name.LabelCount && reply.Answers.Exists(set => set.Owner.Equals(name) && set.Type is RecordType.A); labels++)
                Assert.Equal(DenialOutcome.NotProven, Proof(seen, denial).NoCloserMatch(name, labels));
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void A_delegation_without_DS_is_an_insecure_cut_and_nothing_else_is(int seed, ToyDenial denial, bool optOut)
    {
        var random = new Random(seed);
        var zone = ZoneOf(random, denial, optOut);
        Assert.Equal(DelegationDenial.InsecureCut, Proof(Ask(zone, DomainName.Parse("plain.example"), RecordType.DS).Authorities, denial).NoDs(DomainName.Parse("plain.example")));
        Assert.Equal(DelegationDenial.NoCut, Proof(Ask(zone, DomainName.Parse("a.b.ent.example"), RecordType.DS).Authorities, denial).NoDs(DomainName.Parse("a.b.ent.example")));
        Assert.Equal(DelegationDenial.NotProven, Proof([], denial).NoDs(DomainName.Parse("plain.example")));
    }

    private static bool IsNoData(ToyReply reply) => reply.Code is ResponseCode.NoError && reply.Answers.Count == 0 && reply.Authorities.Exists(set => set.Type is RecordType.SOA);

    private static IDenialProof Proof(IEnumerable<RRset> records, ToyDenial denial) => denial is ToyDenial.Nsec
        ? new NsecProof(records, Sample.Zone)
        : new Nsec3Proof(records, Sample.Zone, 50, Sample.Budget(hashes: 10_000));

    private static ToyReply Ask(ToyZone zone, DomainName name, RecordType type)
    {
        var reply = new ToyReply(new ToyQuery(name, type, IsTcp: true, RecursionDesired: false) { DnssecOk = true, HasEdns = true }, 1);
        zone.Answer(name, type, reply);
        return reply;
    }

    // Random names, and one of each kind of trap: delegations with and without DS, a DNAME, an alias, an empty non-terminal.
    private static SignedToyZone ZoneOf(Random random, ToyDenial denial, bool optOut)
    {
        string[] traps = ["cut", "plain", "d"];
        var owners = Enumerable.Range(0, 12).Select(_ => NameOf(random)).Distinct().Where(owner => !owner.ToString().Split('.')[^2..].Any(traps.Contains) && !traps.Contains(owner.Ancestor(2).ToString().Split('.')[0])).ToList();
        var text = string.Concat(owners.Where(owner => owner.LabelCount > 1).Select((owner, i) => i % 4 == 3 ? $"{owner}. CNAME www\n" : $"{owner}. {(i % 2 == 0 ? "A 192.0.2.1" : "TXT x")}\n"));
        text += "cut NS ns.cut\nns.cut A 192.0.2.2\ncut DS 1 13 2 00112233\nplain NS ns.plain\nns.plain A 192.0.2.3\nd DNAME m\nx.a.b.ent A 192.0.2.4\nwww A 192.0.2.5\n@ NS www\n";
        return new SignedToyZone("example", text, new ToySigning { Denial = denial, OptOut = optOut, Now = Sample.Now, Salt = [1] });
    }

    private static DomainName NameOf(Random random) =>
        DomainName.Parse(string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Labels[random.Next(Labels.Length)]).Append("example")));
}
