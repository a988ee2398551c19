using System.CommandLine;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli.Policies;

/// <summary>What a rule may say beside its pattern.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string[]> _ports = new("--ports") { Description = "What an answer opens: tcp/443, udp/8000-8080, any", HelpName = "PORT…", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _types = new("--types") { Description = "Types that may be asked for: A, AAAA, TXT, …", HelpName = "TYPE…", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _expires = new("--expires") { Description = "From when it counts no more: 2027-01-31T18:00:00Z", HelpName = "MOMENT" };
    private readonly Option<string?> _for = new("--for") { Description = "The same as how long from now: 30m, 12h, 7d", HelpName = "DURATION" };
    private readonly Option<bool?> _private = new("--private") { Description = "Accept answers in private ranges", HelpName = "true|false" };
    private readonly Option<bool?> _dnssec = new("--require-dnssec") { Description = "Open only what DNSSEC proved", HelpName = "true|false" };
    private readonly Option<bool?> _broad = new("--broad") { Description = "The pattern's breadth is meant", HelpName = "true|false" };
    private readonly Option<bool?> _warm = new("--warm") { Description = "Keep the name resolved", HelpName = "true|false" };
    private readonly Option<int?> _pin = new("--pin") { Description = "Addresses per family that a target with a quota pins", HelpName = "N" };

    private readonly (Option<string?> Option, string Key)[] _texts =
    [
        (new("--comment") { Description = "Why it is there", HelpName = "TEXT" }, "comment"),
        (new("--owner") { Description = "Who answers for it", HelpName = "TEXT" }, "owner"),
        (new("--ticket") { Description = "Where it was asked for", HelpName = "TEXT" }, "ticket"),
        (new("--hold") { Description = "How long answers may wait until they are open: 250ms", HelpName = "DURATION" }, "hold"),
        (new("--via") { Description = "AWS-managed list that stands for the addresses: com.amazonaws.{region}.s3", HelpName = "LIST" }, "via"),
        (new("--confirm") { Description = "everything: the pattern * is meant", HelpName = "everything" }, "confirm"),
    ];

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        _types.CompletionSources.Add("A", "AAAA", "CNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT");
        _ports.CompletionSources.Add("tcp/443", "tcp/80", "udp/443", "any");
        foreach (var option in new Option[] { _ports, _types }.Concat(_texts.Select(text => text.Option)).Concat([_expires, _for, _private, _dnssec, _broad, _warm, _pin]))
            command.Options.Add(option);
    }

    /// <summary>Writes those that were given into a rule.</summary>
    public void Fill(ParseResult arguments, JsonObject rule)
    {
        Set(rule, "ports", List(arguments.GetValue(_ports)));
        Set(rule, "types", List(arguments.GetValue(_types)));
        foreach (var (option, key) in _texts)
            Set(rule, key, arguments.GetValue(option));
        Set(rule, "expires", Moments.Coming(arguments, _expires, _for));
        Set(rule, "pin", arguments.GetValue(_pin));
        Switch(rule, "private", arguments.GetValue(_private), "allow");
        Switch(rule, "dnssec", arguments.GetValue(_dnssec), "require");
        Switch(rule, "broad", arguments.GetValue(_broad), true);
        Switch(rule, "warm", arguments.GetValue(_warm), true);
    }

    private static JsonArray? List(string[]? values) => values is { Length: > 0 } ? [.. values.Select(value => (JsonNode)value)] : null;

    private static void Set(JsonObject rule, string key, JsonNode? value)
    {
        if (value is not null)
            rule[key] = value;
    }

    // What is switched off is not written at all: null takes a key away (RFC 7396).
    private static void Switch(JsonObject rule, string key, bool? isOn, JsonNode on)
    {
        if (isOn is { } said)
            rule[key] = said ? on : null;
    }
}
