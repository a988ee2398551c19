using System.Buffers.Binary;
using DnsGuard.Sync.Netlink;

namespace DnsGuard.Sync.Tests;

/// <summary>Asks the kernel for one element of <c>web.4</c>, fast enough to be asked in the middle of a race.</summary>
internal sealed class KernelEye(PrivateNetwork network) : IDisposable
{
    private readonly NftConnection _connection = network.Run(() => new NftConnection());
    private readonly Lock _lock = new();

    public bool Holds(string address, ushort port)
    {
        var key = new byte[12];
        Policies.Address(address).Write(key);
        key[4] = 6;
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(8), port);
        lock (_lock)
        {
            try
            {
                _connection.Query(Nft.GetSetElement, isDump: false, writer => writer.Put(1, "dnsguard").Put(2, "web.4").Open(3).Open(1).Open(1).Put(1, key).Close().Close().Close(), _ => { }, "looking");
                return true;
            }
            catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
            {
                return false;
            }
        }
    }

    public void Dispose() => _connection.Dispose();
}
