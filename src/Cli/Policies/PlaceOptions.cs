using System.CommandLine;
using DnsGuard.Cli.Completion;

namespace DnsGuard.Cli.Policies;

/// <summary>Where rules are: in a group or in a shared list.</summary>
internal sealed class PlaceOptions
{
    public PlaceOptions(KnownNames names)
    {
        Group.CompletionSources.Add(names.Groups);
        List.CompletionSources.Add(names.Lists);
    }

    /// <summary>The group.</summary>
    public Option<string?> Group { get; } = new("--group", "-g") { Description = "The group", HelpName = "NAME" };

    /// <summary>The shared list.</summary>
    public Option<string?> List { get; } = new("--list", "-l") { Description = "The shared list", HelpName = "NAME" };

    /// <summary>Adds both to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Group);
        command.Options.Add(List);
    }

    /// <summary>The path of the rules; null where neither is given.</summary>
    /// <exception cref="CliException">Both are given.</exception>
    public string? Find(ParseResult arguments) => (arguments.GetValue(Group), arguments.GetValue(List)) switch
    {
        (null, null) => null,
        ({ } name, null) => $"/api/v1/groups/{Uri.EscapeDataString(name)}/rules",
        (null, { } name) => $"/api/v1/lists/{Uri.EscapeDataString(name)}/rules",
        _ => throw new CliException(ExitCode.Usage, "--group and --list are both given; a rule stands in one of them"),
    };

    /// <summary>The path of the rules.</summary>
    /// <exception cref="CliException">Not exactly one is given.</exception>
    public string Require(ParseResult arguments) => Find(arguments) ?? throw new CliException(ExitCode.Usage, "say where the rule is: --group NAME or --list NAME");
}
