using System.CommandLine;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard group|list list|show|add|set|rm</c>: what holds rules.</summary>
internal sealed class HolderCommand
{
    private readonly CliContext _context;
    private readonly KnownNames _names;
    private readonly bool _isGroup;
    private readonly string _kind;
    private readonly string _path;
    private readonly NamedVerbs _one;

    private HolderCommand(CliContext context, KnownNames names, bool isGroup)
    {
        (_context, _names, _isGroup) = (context, names, isGroup);
        (_kind, _path) = isGroup ? ("group", "/api/v1/groups") : ("list", "/api/v1/lists");
        _one = new NamedVerbs(context, _path, "name", $"The {_kind}", isGroup ? names.Groups : names.Lists);
    }

    /// <summary>The verb <c>group</c>: clients that share a policy.</summary>
    public static Command Group(CliContext context, KnownNames names) => new HolderCommand(context, names, isGroup: true).Create("List, show, add, change and remove groups of clients").WithExamples(
        ("dnsguard group list", "who has a policy of their own"),
        ("dnsguard group add payments --clients 10.0.3.0/24 --lists mirrors", "a new one"),
        ("dnsguard group set payments --mode audit", "answer and note, drop nothing"),
        ("dnsguard group set payments --add-clients 10.0.4.0/24", "one more network"));

    /// <summary>The verb <c>list</c>: rules that groups share.</summary>
    public static Command List(CliContext context, KnownNames names) => new HolderCommand(context, names, isGroup: false).Create("List, show, add, change and remove shared lists of rules").WithExamples(
        ("dnsguard list add mirrors --comment 'where packages come from'", "a new one, empty"),
        ("dnsguard rule add deb.example.org -l mirrors", "a rule in it"),
        ("dnsguard group set payments --add-lists mirrors", "a group that uses it"));

    private Command Create(string description)
    {
        var command = new Command(_kind, $"{description}; alone it lists them") { _one.Show($"Show one {_kind} with its rules"), Add(), Change(), Remove() };
        command.SetAction(ListAll());
        // The library knows no verb inside another of the same name; 'list list' is 'list'.
        if (_isGroup)
        {
            var all = new Command("list", "List the groups");
            all.SetAction(ListAll());
            command.Subcommands.Insert(0, all);
        }

        return command;
    }

    private Func<ParseResult, CancellationToken, Task<int>> ListAll() =>
        _context.Run(async (arguments, api) =>
        {
            var items = (await api.GetAsync(_path).ConfigureAwait(false))["items"]!.AsArray();
            var form = arguments.GetValue(_context.Form);
            Column rules = ("RULES", holder => Cells.Text(holder["rules"]!.AsArray().Count));
            if (_isGroup)
                Output.Write(items, form, "name", Column.Of("NAME", "name"), Column.Of("MODE", "mode"), rules, Column.Of("LISTS", "lists"), Column.Of("CLIENTS", "clients"), Column.Of("COMMENT", "comment"));
            else
                Output.Write(items, form, "name", Column.Of("NAME", "name"), rules, Column.Of("COMMENT", "comment"));
            return ExitCode.Ok;
        });

    private Command Add()
    {
        var (settings, edit) = (new GroupSettings(_isGroup, isNew: true, _names), new EditOptions(_context));
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and hyphens" };
        var command = new Command("add", $"Add a {_kind}") { name };
        settings.AddTo(command);
        edit.AddTo(command);
        command.SetAction(_context.Run(async (arguments, api) =>
        {
            var body = settings.Read(arguments, null);
            body["name"] = arguments.GetValue(name);
            return await edit.SendAsync(arguments, api, HttpMethod.Post, _path, body.ToJsonString()).ConfigureAwait(false);
        }));
        return command;
    }

    private Command Change()
    {
        var (settings, edit) = (new GroupSettings(_isGroup, isNew: false, _names), new EditOptions(_context));
        var name = _one.Argument();
        var command = new Command("set", $"Change what a {_kind} says; the rest of it and its rules stay") { name };
        settings.AddTo(command);
        edit.AddTo(command);
        command.SetAction(_context.Run(async (arguments, api) =>
        {
            var path = _one.Path(arguments, name);
            var (present, tag) = await api.GetTaggedAsync(path).ConfigureAwait(false);
            var change = settings.Read(arguments, present);
            if (change.Count == 0)
                throw new CliException(ExitCode.Usage, "there is nothing to change; say what, such as --comment TEXT");
            return await edit.SendAsync(arguments, api, HttpMethod.Patch, path, change.ToJsonString(), "application/merge-patch+json", tag).ConfigureAwait(false);
        }));
        return command;
    }

    private Command Remove()
    {
        var edit = new EditOptions(_context);
        var name = _one.Argument();
        var command = edit.AddTo(new Command("rm", $"Remove a {_kind} and its rules") { name });
        command.SetAction(_context.Run((arguments, api) => edit.SendAsync(arguments, api, HttpMethod.Delete, _one.Path(arguments, name), null)));
        return command;
    }
}
