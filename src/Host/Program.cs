using System.CommandLine;
using DnsGuard.Cli;
using DnsGuard.Host.Doctor;

namespace DnsGuard.Host;

/// <summary>The command line.</summary>
internal static class Program
{
    /// <summary>The public suffix list that came with the program.</summary>
    public static string ShippedSuffixes => Path.Combine(AppContext.BaseDirectory, "public_suffix_list.dat");

    /// <summary>The root servers that came with the program.</summary>
    public static string ShippedHints => Path.Combine(AppContext.BaseDirectory, "root.hints");

    /// <summary>The root's trust anchors that came with the program.</summary>
    public static string ShippedAnchors => Path.Combine(AppContext.BaseDirectory, "root.anchors");

    private static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("A DNS resolver that answers only allowed names, and opens their addresses before it answers.");
        var serve = ServeCommand.Create();
        root.Subcommands.Add(serve);
        CliCommands.AddTo(root, ShippedSuffixes, Examination.RunAsync);
        CliCommands.UsePipe();
        return CliCommands.RunAsync(root, arguments, stopsItself: serve);
    }
}
