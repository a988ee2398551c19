using System.CommandLine;
using DnsGuard.Cli.Completion;

namespace DnsGuard.Cli.QueryLogs;

/// <summary>Which rows of the query log: everything that is given must hold.</summary>
internal sealed class LogFilter
{
    private readonly List<(Option<string?> Option, string Key)> _texts = [];
    private readonly Option<string?> _since = new("--since") { Description = $"From then on: {Moments.Forms}", HelpName = "MOMENT" };
    private readonly Option<string?> _until = new("--until") { Description = "Before then, written alike", HelpName = "MOMENT" };

    public LogFilter(KnownNames names)
    {
        Add("client", "--client", "Of one client or network: 10.0.3.7, 10.0.3.0/24", "ADDRESS");
        Add("group", "--group", "Of a group", "NAME", "-g").CompletionSources.Add(names.Groups);
        Add("name", "--name", "Names that hold this; =NAME for that name alone, .NAME for it and those below", "TEXT");
        Add("type", "--type", "Of a type", "TYPE").CompletionSources.Add("A", "AAAA", "CNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT");
        Choice("outcome", "--outcome", "What became of it", "allowed", "audited", "blocked", "refused");
        Add("reason", "--reason", "Why", "REASON");
        Add("rule", "--rule", "Decided by this rule", "ID");
        Choice("transport", "--transport", "How it was asked", "udp", "tcp", "tls", "https");
        Add("responseCode", "--response-code", "Answered with this code", "CODE").CompletionSources.Add("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");
        Choice("source", "--source", "Where the answer came from", "cache", "upstream", "local", "none");
        Add("extendedError", "--extended-error", "With this extended DNS error", "NUMBER");
        Add("address", "--address", "Answered with this address", "ADDRESS");
        Add("alias", "--alias", "By way of an alias that holds this", "TEXT");
        Add("revision", "--revision", "Judged by this revision", "N");
        Add("minDuration", "--min-duration", "That took this many milliseconds or more", "MS");
        Add("request", "--request", "With this request id, as an error's text tells it", "ID");
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var (option, _) in _texts)
            command.Options.Add(option);
        command.Options.Add(_since);
        command.Options.Add(_until);
    }

    /// <summary>The parameters of a request.</summary>
    /// <exception cref="CliException">A moment cannot be read.</exception>
    public IEnumerable<(string Key, string? Value)> Read(ParseResult arguments) =>
        [.. _texts.Select(text => (text.Key, arguments.GetValue(text.Option))), ("since", Moments.Past(arguments, _since)), ("until", Moments.Past(arguments, _until))];

    private Option<string?> Add(string key, string name, string description, string helpName, params string[] aliases)
    {
        var option = new Option<string?>(name, aliases) { Description = description, HelpName = helpName };
        _texts.Add((option, key));
        return option;
    }

    private void Choice(string key, string name, string description, params string[] values) =>
        Add(key, name, description, string.Join('|', values)).AcceptOnlyFromAmong(values);
}
