namespace DnsGuard.Sync.Ledger;

/// <summary>Names of grants in one run of octets, so that a million of them are one object. Owned by the ledger, under its lock.</summary>
internal sealed class NameArena
{
    private byte[] _octets = new byte[1 << 12];
    private int _length;

    /// <summary>Octets used, names long gone among them.</summary>
    public int Length => _length;

    /// <summary>Keeps a name; returns where it starts.</summary>
    public int Add(ReadOnlySpan<byte> name)
    {
        if (_length + name.Length > _octets.Length)
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _length + name.Length));
        name.CopyTo(_octets.AsSpan(_length));
        _length += name.Length;
        return _length - name.Length;
    }

    /// <summary>The name that starts at a place.</summary>
    public ReadOnlySpan<byte> At(int start)
    {
        var end = start;
        while (_octets[end] != 0)
            end += _octets[end] + 1;
        return _octets.AsSpan(start, end + 1 - start);
    }
}
