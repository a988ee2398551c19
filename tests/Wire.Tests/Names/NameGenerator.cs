using DnsGuard.Wire.Names;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

/// <summary>Names of every shape: any octet in a label, one to 127 labels, up to the full 255 octets.</summary>
internal static class NameGenerator
{
    // Letters collide by case, the others need an escape: uniform octets would seldom show either.
    private static readonly Gen<byte> Octet = Gen.OneOf(
        Gen.Elements([.. "abABzZ09-_.\\\"; @$()\n\r\t\0"u8]),
        Gen.Choose(0, 255).Select(value => (byte)value));

    private static readonly Gen<byte[]> Label = Gen.OneOf(Gen.Constant(1), Gen.Choose(1, 8), Gen.Choose(1, 63)).SelectMany(length => Octet.ArrayOf(length));

    public static Arbitrary<byte[]> Labels { get; } = Label.ToArbitrary();

    /// <summary>Wire form, with the letters in any case.</summary>
    public static Arbitrary<byte[]> Wire { get; } = Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(0, 127))
        .SelectMany(count => Label.ArrayOf(count))
        .Select(Join)
        .ToArbitrary();

    public static Arbitrary<DomainName> Names { get; } = Wire.Generator.Select(wire => DomainName.FromWire(wire)).ToArbitrary();

    private static byte[] Join(byte[][] labels)
    {
        var wire = new List<byte>();
        foreach (var label in labels.Where(label => wire.Count + label.Length + 2 <= 255))
            wire.AddRange([(byte)label.Length, .. label]);
        return [.. wire, 0];
    }
}
