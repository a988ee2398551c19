using System.ComponentModel;
using System.Diagnostics;

namespace DnsGuard.Sync.Programs;

/// <summary>Starts programs of the operator's: an argument list, a small environment, and no shell that could read more into either.</summary>
internal static class ProgramStart
{
    /// <summary>Where programs without a slash in their name are looked for; and what they get as their own PATH.</summary>
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Starts one, with all three streams in our hands.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Names of variables to pass on.</param>
    /// <exception cref="IOException">It cannot be started; one sentence for the operator.</exception>
    public static Process Start(IReadOnlyList<string> command, IReadOnlyList<string> environment)
    {
        var start = new ProcessStartInfo(Find(command[0]), command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var passed = environment.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.Value is not null).ToList();
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["LANG"]) = (Path, "C.UTF-8");
        foreach (var (name, value) in passed)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw new IOException($"'{command[0]}' cannot be started");
        }
        catch (Win32Exception refusal)
        {
            throw new IOException($"'{command[0]}' cannot be started: {refusal.Message}. Name a program that this user may run", refusal);
        }
    }

    /// <summary>Ends one that was started here, by its process id, and what it has started.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself meanwhile.
        }
    }

    // The framework would look beside our own program and in the working directory first.
    private static string Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        return Path.Split(':').Select(folder => $"{folder}/{program}").FirstOrDefault(File.Exists)
            ?? throw new IOException($"there is no program '{program}' in {Path}. Install it, or name its full path");
    }
}
