using DnsGuard.Policy.Text;

namespace DnsGuard.Host;

/// <summary><c>dnsguard.yaml</c> as it stands on the disk.</summary>
internal static class ConfigurationFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="StartException">It cannot be read, or something in it is wrong; all of it is told.</exception>
    public static HostOptions Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException([$"{file}: the configuration cannot be read: {failure.Message.TrimEnd('.')}. Name one with --config."]);
        }

        var problems = new List<TextProblem>();
        var options = HostOptionsReader.Read(text, problems);
        return problems.Count == 0 ? options : throw new StartException(problems.OrderBy(problem => problem.Line).Select(problem => problem.Describe(file)));
    }
}
