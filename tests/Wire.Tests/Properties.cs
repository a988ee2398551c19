using FsCheck;

namespace DnsGuard.Wire.Tests;

/// <summary>Runs properties from one fixed seed, so that a failure shows up again; FsCheck prints the seed of the failing step.</summary>
internal static class Properties
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithReplay(0x5EED_0F_D45UL, 0x9E37_79B9UL).WithMaxTest(300);

    public static void Holds(Property property) => Check.One(Fixed, property);
}
