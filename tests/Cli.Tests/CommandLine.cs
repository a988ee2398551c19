using System.CommandLine;
using DnsGuard.Cli.Doctor;
using DnsGuard.Control.Tests;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace DnsGuard.Cli.Tests;

/// <summary>A node, and the command line that speaks to it. The console is the process's own, so one test runs at a time.</summary>
public abstract class CommandLine : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-cli-").FullName;

    private protected ControlNode Node { get; private set; } = null!;

    public async Task InitializeAsync() => Node = await ControlNode.StartAsync();

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Writes a file.</summary>
    private protected string File(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a verb.</summary>
    private protected async Task<Outcome> RunAsync(params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var told = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(told);
            var root = new RootCommand("dnsguard");
            CliCommands.AddTo(root, Path.Combine(Repository, "config/public_suffix_list.dat"), Examine);
            string[] all = arguments.Contains("--server") || arguments.Contains("--help") ? arguments : [.. arguments, "--server", Node.Address.ToString()];
            var code = await CliCommands.RunAsync(root, all);
            return new Outcome(code, written.ToString(), told.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    /// <summary>What doctor finds; the checks themselves are the host's.</summary>
    private protected Func<string, CancellationToken, IAsyncEnumerable<Finding>> Examine { get; set; } = (_, _) => AsyncEnumerable.Empty<Finding>();

    /// <summary>Where the repository is that the tests were built from.</summary>
    private protected static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!System.IO.File.Exists(Path.Combine(folder, "DnsGuard.sln")))
                folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    /// <summary>How a verb ended, and what it wrote.</summary>
    private protected sealed record Outcome(int Code, string Out, string Error);
}
