using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>What the DNSSEC tests share: an internet signed from the root down, a clock that only they move, and a guard that trusts the root.</summary>
public abstract class SignedTests : IDisposable
{
    protected const string One = "www A 93.184.216.34\n";

    private static readonly string All =
        Policies.Dev("{allow: '*', types: [A, AAAA, CNAME, DNAME, NS, DS, DNSKEY, TXT, MX, SOA, SRV, NSEC, NSEC3, NSEC3PARAM, RRSIG, PTR, NAPTR, CAA]}");

    private SignedInternet? _net;

    protected FakeClock Clock { get; } = new();

    /// <summary>How the root and com are signed; looked at when the internet is first used.</summary>
    protected ToySigning? ComSigning { get; set; }

    protected SignedInternet Net => _net ??= new SignedInternet(Clock.GetUtcNow(), com: ComSigning);

    public void Dispose()
    {
        _net?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A guard at the virtual moment, with the root's DS as its anchor.</summary>
    private protected Guard NewGuard(Func<ResolverOptions, ResolverOptions>? configure = null) =>
        new(All, Net, options => (configure ?? (same => same))(options with { TrustAnchors = Net.TrustAnchors }), Clock);

    /// <summary>Asks over TCP with DO, so that no proof is cut off.</summary>
    private protected static Task<Reply> Ask(Guard guard, string name, RecordType type = RecordType.A, int flags = 0x0100) =>
        guard.AskOverTcp(Query.Of(name, type, edns: 1_232, dnssecOk: true, flags: flags));

    /// <summary>The same, in a word: <c>Secure</c>, <c>Insecure</c>, or the error of a SERVFAIL.</summary>
    private protected static async Task<string> Judge(Guard guard, string name, RecordType type = RecordType.A) => Word(await Ask(guard, name, type));

    /// <summary>Judged by a guard that nothing was asked before.</summary>
    private protected async Task<string> JudgeAfresh(string name, RecordType type = RecordType.A, Func<ResolverOptions, ResolverOptions>? configure = null)
    {
        await using var guard = NewGuard(configure);
        return await Judge(guard, name, type);
    }

    private protected static string Word(Reply reply) =>
        reply.Code is ResponseCode.ServerFailure ? reply.Error.ToString() : reply.Has(HeaderFlags.AuthenticData) ? "Secure" : "Insecure";

    /// <summary>The zone's key that signs all but keys.</summary>
    protected ToySigner SignerOf(string apex) =>
        new(Net.Keys(apex)[^1], DomainName.Parse(apex), Clock.GetUtcNow() - TimeSpan.FromHours(1), Clock.GetUtcNow() + TimeSpan.FromDays(30));

    protected static DomainName Name(string name) => DomainName.Parse(name);

    /// <summary>One record, in master-file text.</summary>
    protected static RRset Set(string line) => Assert.Single(ToyServer.Records(line + "\n"));

    protected static RRset Nsec(string owner, string next, params RecordType[] types) =>
        new(Name(owner), RecordType.NSEC, 60, [[.. Name(next).Octets, .. ToyTypeBitmap.Write([.. types, RecordType.NSEC, RecordType.RRSIG])]]);

    /// <summary>An NSEC3 record whose gap reaches from one hash to another.</summary>
    protected static RRset Nsec3(string zone, byte[] hash, byte[] next, byte flags = 0, byte algorithm = 1, int iterations = 0, byte[]? salt = null, params RecordType[] types) => new(
        Name(ToyNsec3.Text(hash) + "." + zone),
        RecordType.NSEC3,
        60,
        [[algorithm, flags, (byte)(iterations >> 8), (byte)iterations, (byte)(salt?.Length ?? 0), .. salt ?? [], (byte)next.Length, .. next, .. ToyTypeBitmap.Write(types)]]);

    protected static byte[] Hash(string name, int by = 0, byte[]? salt = null, int iterations = 0)
    {
        var hash = ToyNsec3.Hash(Name(name), salt ?? [], iterations);
        hash[^1] = (byte)(hash[^1] + by);
        return hash;
    }

    /// <summary>Adds a set and its signature.</summary>
    protected static void Add(List<RRset> section, RRset set, ToySigner signer)
    {
        section.Add(set);
        section.Add(new RRset(set.Owner, RecordType.RRSIG, set.Ttl, [signer.Sign(set)]));
    }

    /// <summary>Leaves only the header and the question of a reply, with authority.</summary>
    protected static void Empty(ToyReply reply, ResponseCode code = ResponseCode.NoError)
    {
        reply.Clear();
        reply.Flags |= HeaderFlags.Authoritative;
        reply.Code = code;
    }
}
