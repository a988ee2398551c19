using DnsGuard.Policy.Text;

namespace DnsGuard.Host.Tests.Options;

internal static class Reading
{
    public static HostOptions Read(string yaml, out List<TextProblem> problems)
    {
        problems = [];
        return HostOptionsReader.Read(yaml, problems);
    }
}
