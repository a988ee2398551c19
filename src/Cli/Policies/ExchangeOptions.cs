using System.CommandLine;
using DnsGuard.Cli.Completion;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Cli.Policies;

/// <summary>What is exchanged, and with which list or group: shared by import and export.</summary>
internal sealed class ExchangeOptions
{
    private readonly Option<string?> _format = new("--format", "-f") { Description = string.Join(", ", PolicyExchange.Names), HelpName = "FORMAT" };
    private readonly Option<string?> _list = new("--list", "-l") { Description = "The shared list", HelpName = "NAME" };
    private readonly Option<string?> _group = new("--group", "-g") { Description = "The group", HelpName = "NAME" };

    public ExchangeOptions(KnownNames names)
    {
        _list.CompletionSources.Add(names.Lists);
        _group.CompletionSources.Add(names.Groups);
    }

    /// <summary>What bare names do.</summary>
    public Option<string?> Action { get; } = new("--action") { Description = "What bare names do, where the format does not say", HelpName = "allow|deny" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        _format.AcceptOnlyFromAmong([.. PolicyExchange.Names]);
        Action.AcceptOnlyFromAmong("allow", "deny");
        foreach (var option in new Option[] { _format, _list, _group, Action })
            command.Options.Add(option);
    }

    /// <summary>The format, where it was said, and the list or the group.</summary>
    /// <exception cref="CliException">Not exactly one of list and group is given.</exception>
    public (string? Format, string? List, string? Group) Read(ParseResult arguments)
    {
        var (list, group) = (arguments.GetValue(_list), arguments.GetValue(_group));
        return list is null != group is null ? (arguments.GetValue(_format), list, group) : throw new CliException(ExitCode.Usage, "say where: --group NAME or --list NAME");
    }
}
