using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests;

internal static class Addresses
{
    public static InternetAddress Of(string text) => InternetAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
