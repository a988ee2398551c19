namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>SplitMix64: the numbers of one message depend on its seed and its index alone, so that each can be made again by itself.</summary>
internal struct FuzzRandom(ulong seed, int index)
{
    private ulong _state = seed + ((ulong)index * 0xD1B5_4A32_D192_ED03);

    public ulong Next()
    {
        var mixed = _state += 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 up to but not including a bound; 0 for a bound of 0.</summary>
    public int Below(int bound) => bound <= 0 ? 0 : (int)(Next() % (ulong)bound);

    public T Of<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
