using FsCheck;

namespace DnsGuard.Policy.Tests;

/// <summary>Runs properties from one fixed seed, so that a failure shows up again; FsCheck prints the seed of the failing step.</summary>
internal static class Properties
{
    public static void Holds(Property property, int cases = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(0x5EED_0F_D45UL, 0x9E37_79B9UL).WithMaxTest(cases), property);
}
