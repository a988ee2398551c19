namespace DnsGuard.Host.Tests.Running;

/// <summary>A test that is left out, and counted so, where a program that it runs is not installed.</summary>
internal sealed class NeedsToolsFactAttribute : FactAttribute
{
    public NeedsToolsFactAttribute(params string[] tools) => Skip = Missing(tools);

    /// <summary>Why it is left out; null where all are there.</summary>
    public static string? Missing(string[] tools)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return Array.Find(tools, tool => !path.Any(folder => File.Exists(Path.Combine(folder, tool)))) is { } missing ? $"{missing} is not installed; ./test installs it as root" : null;
    }
}

/// <summary>The same for a test with several cases.</summary>
internal sealed class NeedsToolsTheoryAttribute : TheoryAttribute
{
    public NeedsToolsTheoryAttribute(params string[] tools) => Skip = NeedsToolsFactAttribute.Missing(tools);
}
