using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests.Snapshots;

public class PolicyCompilerTests
{
    private const string Groups = Policies.Head + "groups:\n  a: { clients: 10.1.0.0/16 }\n  b: { clients: 10.2.0.0/16, targets: [gateway], mode: audit }\n  c: { clients: 10.3.0.0/16, targets: [] }\n";

    [Fact]
    public void A_group_without_targets_has_all_there_are()
    {
        var snapshot = new PolicyCompiler([], ["gateway", "other"]).Compile(7, Policies.Valid(Groups));

        Assert.Equal(7, snapshot.Revision);
        Assert.Equal(["gateway other", "gateway", ""], snapshot.Groups.Select(group => string.Join(' ', group.Targets)));
    }

    [Fact]
    public void Groups_are_found_by_name_and_index_alike()
    {
        var snapshot = Policies.Compile(Groups);

        Assert.Equal([0, 1, 2], new[] { "a", "b", "c" }.Select(name => snapshot.Group(name)!.Index));
        Assert.Equal(["a", "b", "c"], snapshot.Groups.Select(group => group.Name));
        Assert.Equal([false, true, false], snapshot.Groups.Select(group => group.IsAudit));
        Assert.Null(snapshot.Group("d"));
    }

    [Fact]
    public void A_group_keeps_its_key_as_long_as_it_keeps_its_name()
    {
        var before = Policies.Compile(Groups);
        var after = Policies.Compile(Policies.Head + "groups:\n  z: { clients: 10.9.0.0/16 }\n  b: { clients: 10.8.0.0/16 }\n");

        Assert.Equal(before.Group("b")!.Key, after.Group("b")!.Key);
        Assert.Distinct(before.Groups.Concat(after.Groups).Select(group => (group.Name, group.Key)).Distinct().Select(group => group.Key));
    }

    [Fact]
    public void An_empty_document_compiles_to_a_policy_for_nobody()
    {
        var snapshot = new PolicyCompiler([AddressRange.Parse("10.0.0.0/8")], []).Compile(1, PolicyDocument.Empty);

        Assert.Empty(snapshot.Groups);
        Assert.Equal(-1, snapshot.Clients.Find(Policies.Address("10.0.0.1")));
    }
}
