using System.Runtime.InteropServices;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>The clients of a block, each once.</summary>
internal sealed class ClientTable
{
    private readonly FlatIndex _index = new();
    private readonly InternetAddress[] _clients = Room.For<InternetAddress>(FlatIndex.MaxEntries);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, 128 bits each.</summary>
    public Span<byte> Octets => MemoryMarshal.AsBytes(_clients.AsSpan());

    /// <summary>The number of a client, new or known.</summary>
    public int Intern(InternetAddress client)
    {
        var probe = FlatIndex.Start(NameHash.With(NameHash.With(NameHash.Root, (ulong)client.Bits), (ulong)(client.Bits >> 64)));
        while (_index.Next(ref probe, out var known))
        {
            if (_clients[known].Bits == client.Bits)
                return known;
        }

        _index.Add(probe, Count);
        _clients[Count] = client;
        return Count++;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _index.Clear();
        Count = 0;
    }

    /// <summary>Takes over what was written to <see cref="Octets"/>. It is not found by <see cref="Intern"/>.</summary>
    public void Restore(int count) => Count = count;
}
