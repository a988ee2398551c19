using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests;

internal static class Addresses
{
    public static InternetAddress Of(string text) => InternetAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
