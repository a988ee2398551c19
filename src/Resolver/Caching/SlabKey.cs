namespace DnsGuard.Resolver.Caching;

/// <summary>What a record of a <see cref="RingSlab"/> is found by.</summary>
/// <param name="hash">A keyed hash over all that follows.</param>
/// <param name="realm">Whose record: a client group, or a class of upstream servers.</param>
/// <param name="kind">Type and flags.</param>
/// <param name="name">The canonical name.</param>
internal readonly ref struct SlabKey(ulong hash, ulong realm, uint kind, ReadOnlySpan<byte> name)
{
    public ulong Hash { get; } = hash;

    public ulong Realm { get; } = realm;

    public uint Kind { get; } = kind;

    public ReadOnlySpan<byte> Name { get; } = name;
}
