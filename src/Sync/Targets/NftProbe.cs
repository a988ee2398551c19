using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Netlink;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Targets;

/// <summary>Finds out by trying what this kernel's nf_tables can do, in a table that is gone afterwards.</summary>
internal static class NftProbe
{
    /// <summary>Runs the trials.</summary>
    /// <returns>Does adding an element again extend its time (since Linux 6.12)? Can elements be removed that may be gone (since 6.3)?</returns>
    /// <exception cref="NetlinkException">There is no nf_tables here, or no right to use it.</exception>
    public static (bool Refreshes, bool Destroys) Run(NftConnection connection, string table)
    {
        var probe = $"{table}-probe";
        var set = new NftSet("probe", IsIPv4: true, PortRange.Any);
        var entry = new TimedEntry(new AllowEntry("probe", InternetAddress.FromIPv4(0x7F00_0001), PortRange.Any), TimeSpan.FromMinutes(1), "", IsOpen: false);
        connection.BeginBatch();
        connection.Add(Nft.NewTable, Nft.Create).Put(1, probe);
        connection.Add(Nft.NewSet, Nft.Create).Put(1, probe).Put(2, set.Name).Put(3, Nft.SetTimeout).Put(4, set.KeyType).Put(5, set.KeyOctets).Put(10, 1u);
        NftRuleset.WriteElements(connection, probe, [entry]);
        connection.Commit("probing nf_tables");
        try
        {
            connection.BeginBatch();
            NftRuleset.WriteElements(connection, probe, [entry with { Remaining = TimeSpan.FromHours(1) }]);
            connection.Commit("probing nf_tables");
            var refreshes = new NftTable(connection, probe).ReadElements(set).Any(element => element.Remaining > TimeSpan.FromMinutes(30));
            return (refreshes, CanDestroy(connection, probe, entry.Entry));
        }
        finally
        {
            connection.BeginBatch();
            connection.Add(Nft.DeleteTable).Put(1, probe);
            connection.Commit("probing nf_tables");
        }
    }

    private static bool CanDestroy(NftConnection connection, string table, AllowEntry entry)
    {
        try
        {
            // Twice: the second time it is gone, and that must be no error.
            for (var i = 0; i < 2; i++)
            {
                connection.BeginBatch();
                NftRuleset.WriteRemovals(connection, table, [entry], Nft.DestroySetElement);
                connection.Commit("probing nf_tables");
            }

            return true;
        }
        catch (NetlinkException)
        {
            return false;
        }
    }
}
