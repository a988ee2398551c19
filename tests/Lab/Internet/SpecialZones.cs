namespace DnsGuard.Lab.Internet;

/// <summary>Zones in each of which one thing is out of the ordinary.</summary>
internal sealed class SpecialZones(PlainZones plain)
{
    /// <summary>All of them, below signed top-level domains unless the kind says otherwise.</summary>
    public IEnumerable<ZonePlan> Make() => [.. Signed(), .. Shapes(), .. Inherited(), .. KeyChanges(), .. Broken(), .. Delegations(), .. Nested()];

    private IEnumerable<ZonePlan> Signed()
    {
        foreach (var iterations in new[] { 1, 10, 50, 51, 60, 100, 150, 151, 200, 500 })
            yield return Zone($"it{iterations}.hotel.", $"nsec3-{iterations}-iterations", new(13, Denial.Nsec3, iterations));
        yield return Zone("optout.alfa.", "optout", new(13, Denial.OptOut));
        yield return Zone("free.optout.alfa.", "below-optout-unsigned");
        yield return Zone("bound.optout.alfa.", "below-optout-signed", new(15));
        yield return Zone("optout10.golf.", "optout", new(8, Denial.OptOut, 10));
        yield return Zone("free.optout10.golf.", "below-optout-unsigned");
        foreach (var algorithm in KeyPool.Algorithms)
        {
            yield return Zone($"n{algorithm}.hotel.", $"algorithm-{algorithm}", new(algorithm));
            yield return Zone($"h{algorithm}.echo.", $"algorithm-{algorithm}", new(algorithm, Denial.Nsec3));
        }
    }

    // Wildcards and DNAMEs where they cover most.
    private IEnumerable<ZonePlan> Shapes()
    {
        foreach (var (name, signing) in new[] { ("star.alfa.", new Signing(13)), ("star.bravo.", new(13, Denial.Nsec3)), ("star.delta.", (Signing?)null) })
            yield return Zone(name, signing is null ? "apex-wildcard-unsigned" : "apex-wildcard-signed", signing).Add("*", "A", plain.Address()).Add("*", "MX", "10 mail.n13.hotel.").Ask("anything", "any.thing", "deep.anything.x");
        foreach (var (name, signing) in new[] { ("starred.alfa.", new Signing(13)), ("starred.bravo.", new(13, Denial.Nsec3)) })
            yield return Zone(name, "apex-wildcard-alias-signed", signing).Add("*", "CNAME", "www.unsigned.delta.").Add("*.bad", "CNAME", "www.expired.alfa.").Ask("anything", "any.thing", "x.bad", "y.x.bad");
        yield return Zone("child.starred.bravo.", "cut-below-wildcard-unsigned");
        foreach (var (name, signing) in new[] { ("moved.alfa.", new Signing(15)), ("moved.bravo.", new(8, Denial.Nsec3)), ("moved.delta.", (Signing?)null) })
            yield return Bare(name, signing is null ? "apex-dname-unsigned" : "apex-dname-signed", signing).Add("@", "DNAME", "h13.echo.").Add("@", "MX", "10 mail.n13.hotel.").Ask("www", "nope", "alias", "x.wild", "www.wild-alias");
    }

    // What is below inherits what the zone above is.
    private IEnumerable<ZonePlan> Inherited()
    {
        yield return Zone("signed.island.alfa.", "insecure-below-island", new(13));
        yield return Zone("signed.strangealg.alfa.", "insecure-below-unknown-algorithm", new(15));
        yield return Zone("signed.unsigned.alfa.", "insecure-signed-below-unsigned", new(13));
        yield return Zone("signed.expired.alfa.", "bogus-below-expired", new(13));
        yield return Zone("open.expired.alfa.", "bogus-unsigned-below-expired");
        yield return Zone("good.n13.hotel.", "nested", new(8, Denial.Nsec3));
        yield return Zone("open.n13.hotel.", "unsigned-below-nsec");
    }

    private IEnumerable<ZonePlan> KeyChanges()
    {
        foreach (var (state, name) in new[]
                 {
                     (KeyState.Single, "single"), (KeyState.DoubleKsk, "double-ksk"), (KeyState.PrePublishedZsk, "pre-published-zsk"), (KeyState.DoubleSignature, "double-signature"),
                     (KeyState.StandbyDs, "standby-ds"), (KeyState.TwoAlgorithms, "two-algorithms"), (KeyState.AlgorithmDroppedFromSignatures, "algorithm-not-signing"),
                 })
        {
            yield return Zone($"{name}.alfa.", "keys-" + name, new(13, Keys: state));
            yield return Zone($"{name}.bravo.", "keys-" + name, new(8, Denial.Nsec3, Keys: state));
        }
    }

    private IEnumerable<ZonePlan> Broken()
    {
        yield return Zone("expired.alfa.", "bogus-expired", new(13, Time: SignatureTime.Past));
        yield return Zone("expired.bravo.", "bogus-expired", new(15, Denial.Nsec3, Time: SignatureTime.Past));
        yield return Zone("early.alfa.", "bogus-not-yet-valid", new(13, Time: SignatureTime.Future));
        yield return Zone("keyless.alfa.", "bogus-no-dnskey", new(13), spoil: lines => lines.RemoveAll(line => Is(line, "DNSKEY")));
        yield return Zone("corrupt.alfa.", "bogus-corrupt-signature", new(13), spoil: lines => Corrupt(lines, "www.corrupt.alfa.", "A"));
        yield return Zone("corruptsoa.bravo.", "bogus-corrupt-soa-signature", new(13, Denial.Nsec3), spoil: lines => Corrupt(lines, "corruptsoa.bravo.", "SOA"));
        yield return Zone("corruptkey.bravo.", "bogus-corrupt-dnskey-signature", new(13), spoil: lines => Corrupt(lines, "corruptkey.bravo.", "DNSKEY"));
        yield return Zone("unsignedwww.alfa.", "bogus-missing-signature", new(13), spoil: lines => Unsign(lines, "www.unsignedwww.alfa.", "AAAA"));
        yield return Zone("unsignedwww.golf.", "bogus-missing-signature", new(8, Denial.Nsec3), spoil: lines => Unsign(lines, "www.unsignedwww.golf.", "A"));
        yield return Zone("nonsec.alfa.", "bogus-no-nsec", new(13), spoil: lines => lines.RemoveAll(line => Is(line, "NSEC") || Covers(line, "NSEC")));
        yield return Zone("nonsecsig.alfa.", "bogus-unsigned-nsec", new(13), spoil: lines => lines.RemoveAll(line => Covers(line, "NSEC")));
        yield return Zone("hole.alfa.", "bogus-one-nsec-gone", new(13), spoil: lines => lines.RemoveAll(line => line.StartsWith("mail.hole.alfa. ", StringComparison.Ordinal) && (Is(line, "NSEC") || Covers(line, "NSEC"))));
        yield return Zone("nosigs.alfa.", "bogus-no-signatures", new(13), spoil: lines => lines.RemoveAll(line => Is(line, "RRSIG")));
        yield return Zone("mixed.bravo.", "bogus-altered-data", new(13), spoil: lines => Replace(lines, "www.mixed.bravo.", "AAAA", "2a10:dead::1"));
        // The delegation to 'lost' has neither DS nor the proof that there is none.
        yield return Zone("stripped.alfa.", "parent-without-proofs", new(13), spoil: lines => lines.RemoveAll(line => line.StartsWith("lost.stripped.alfa. ", StringComparison.Ordinal) && (Is(line, "NSEC") || Covers(line, "NSEC"))));
        yield return Zone("lost.stripped.alfa.", "bogus-no-proof-of-no-ds");
        yield return Zone("stripped3.alfa.", "parent-without-proofs", new(13, Denial.Nsec3), spoil: lines => lines.RemoveAll(line => Is(line, "NSEC3") || Covers(line, "NSEC3")));
        yield return Zone("lost.stripped3.alfa.", "bogus-no-proof-of-no-ds");
    }

    private IEnumerable<ZonePlan> Delegations()
    {
        yield return Zone("wrongds.alfa.", "bogus-wrong-digest", new(13), Delegation.WrongDigest);
        yield return Zone("otherkey.bravo.", "bogus-ds-of-no-key", new(13), Delegation.OtherKey);
        yield return Zone("strangealg.alfa.", "insecure-unknown-algorithm", new(13), Delegation.UnknownAlgorithm);
        yield return Zone("strangealg.charlie.", "insecure-unknown-algorithm", new(8, Denial.Nsec3), Delegation.UnknownAlgorithm);
        yield return Zone("strangedigest.alfa.", "insecure-unknown-digest", new(13), Delegation.UnknownDigest);
        yield return Zone("bothdigests.alfa.", "ds-known-and-unknown-digest", new(13), Delegation.KnownAndUnknownDigest);
        yield return Zone("bothalgs.alfa.", "ds-known-and-unknown-algorithm", new(13), Delegation.KnownAndUnknownAlgorithm);
        yield return Zone("oldandnew.alfa.", "ds-sha1-and-sha256", new(8), Delegation.Sha1AndSha256);
        yield return Zone("sha384.alfa.", "ds-sha384", new(14), Delegation.Sha384);
        yield return Zone("island.alfa.", "island", new(13), Delegation.Insecure);
        yield return Zone("island.bravo.", "island", new(13, Denial.Nsec3), Delegation.Insecure);
        yield return Zone("island.charlie.", "island", new(13), Delegation.Insecure);
        yield return Zone("unsigned.alfa.", "unsigned-below-nsec");
        yield return Zone("unsigned.bravo.", "unsigned-below-nsec3");
        yield return Zone("unsigned.charlie.", "unsigned-below-optout");
        yield return Zone("unsigned.delta.", "unsigned-below-unsigned");
        yield return Zone("under.juliett.", "below-bogus-tld", new(13));
        yield return Zone("open.juliett.", "below-bogus-tld");
        yield return new AliasZones(plain).Secure;
        yield return new AliasZones(plain).Insecure;
    }

    // Cuts below cuts, and cuts with several labels between them.
    private IEnumerable<ZonePlan> Nested()
    {
        var name = "deep.echo.";
        yield return Zone(name, "nested", new(13));
        for (var level = 1; level <= 5; level++)
        {
            name = $"l{level}.{name}";
            yield return Zone(name, "nested", level % 2 == 0 ? new(15) : new(13, Denial.Nsec3, 1));
        }

        yield return Zone("far.away.from.its.parent.echo.", "cut-below-empty-non-terminals", new(13));
        yield return Zone("far.away.from.its.parent.bravo.", "cut-below-empty-non-terminals", new(13, Denial.Nsec3));
        yield return Zone("open.away.from.its.parent.bravo.", "unsigned-cut-below-empty-non-terminals");
        yield return Zone("p.q.r.charlie.", "unsigned-cut-below-empty-non-terminals");
        yield return Zone("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.golf.", "many-labels", new(13));
    }

    // Below a DNAME there may be nothing, and so its servers are in other zones.
    private static ZonePlan Bare(string name, string kind, Signing? signing) =>
        new ZonePlan(name, kind) { Signing = signing }.At(ServerPlan.Hosted("nsd", 1), ServerPlan.Hosted("knot", 2));

    private ZonePlan Zone(string name, string kind, Signing? signing = null, Delegation delegation = Delegation.Correct, Action<List<string>>? spoil = null)
    {
        // What is broken on purpose is served by programs that send what the file says; PowerDNS would make up what is missing.
        var zone = new ZonePlan(name, kind) { Signing = signing, Delegation = delegation, Spoil = spoil };
        return plain.Fill(zone.At(ServerPlan.Inside(name, 1, "nsd", 1), ServerPlan.Inside(name, 2, "nsd", 2)));
    }

    private static bool Is(string line, string type) => line.Split(' ', 5)[3] == type;

    private static bool Covers(string line, string type) => line.Split(' ', 6) is [_, _, _, "RRSIG", var covered, _] && covered == type;

    private static void Unsign(List<string> lines, string owner, string type) => lines.RemoveAll(line => line.StartsWith(owner + " ", StringComparison.Ordinal) && Covers(line, type));

    private static void Corrupt(List<string> lines, string owner, string type)
    {
        var at = lines.FindIndex(line => line.StartsWith(owner + " ", StringComparison.Ordinal) && Covers(line, type));
        var mark = lines[at].Length - 20;
        lines[at] = string.Concat(lines[at].AsSpan(0, mark), lines[at][mark] == 'A' ? "B" : "A", lines[at].AsSpan(mark + 1));
    }

    private static void Replace(List<string> lines, string owner, string type, string rdata)
    {
        var at = lines.FindIndex(line => line.StartsWith(owner + " ", StringComparison.Ordinal) && Is(line, type));
        lines[at] = string.Join(' ', [.. lines[at].Split(' ').Take(4), rdata]);
    }
}
