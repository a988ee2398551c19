using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard token create|list|rm</c>.</summary>
internal static class TokenCommand
{
    public static Command Create(CliContext context) => new Command("token", "Make, list and revoke bearer tokens")
    {
        Make(context),
        List(context),
        new NamedVerbs(context, "/api/v1/tokens", "id", "The token's id").Do("rm", "Revoke a token", HttpMethod.Delete),
    }.WithExamples(("dnsguard token create --name me --scope admin > token", "the first one ends the trust in loopback"), ("dnsguard token list", "who has one, and what it may do"), ("dnsguard token rm ID", "it is no longer good, at once"));

    private static Command Make(CliContext context)
    {
        var name = new Option<string>("--name") { Description = "Who or what it is for", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do; repeat for more", HelpName = "SCOPE…", Required = true, AllowMultipleArgumentsPerToken = true };
        scopes.CompletionSources.Add("admin", "audit:read", "grants:read", "grants:write", "policy:read", "policy:write", "querylog:read", "targets:read", "targets:write");
        var expires = new Option<string?>("--expires") { Description = "From when it is no longer good: 2027-01-31T18:00:00Z" };
        var lifetime = new Option<string?>("--for") { Description = "The same as how long from now: 12h, 90d", HelpName = "DURATION" };
        var command = new Command("create", "Make a token; its secret is printed this once. The first one ends the trust in loopback") { name, scopes, expires, lifetime };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var body = new JsonObject { ["name"] = arguments.GetValue(name), ["scopes"] = new JsonArray([.. arguments.GetValue(scopes)!.Select(scope => (JsonNode)scope)]), ["expires"] = Moments.Coming(arguments, expires, lifetime) };
            var token = await api.SendAsync(HttpMethod.Post, "/api/v1/tokens", body.ToJsonString()).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"token {token!["id"]} for '{token["name"]}'; keep the secret, it is not shown again").ConfigureAwait(false);
            var form = arguments.GetValue(context.Form);
            if (form is OutputForm.Json or OutputForm.Yaml)
                Output.WriteNode(token, form);
            else
                await Console.Out.WriteLineAsync((string?)(form is OutputForm.Name ? token["id"] : token["secret"])).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command.WithExamples(
            ("dnsguard token create --name me --scope admin > token", "the first one; it must be an admin's"),
            ("dnsguard token create --name ci --scope policy:read policy:write --for 90d", "for a pipeline"));
    }

    private static Command List(CliContext context)
    {
        var command = new Command("list", "List tokens, without secrets");
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var tokens = await api.GetAsync("/api/v1/tokens").ConfigureAwait(false);
            Output.Write(
                tokens["items"]!.AsArray(),
                arguments.GetValue(context.Form),
                "id",
                Column.Of("ID", "id"),
                Column.Of("NAME", "name"),
                Column.Of("SCOPES", "scopes"),
                ("EXPIRES", token => Cells.Moment(token["expires"])),
                ("REVOKED", token => Cells.Moment(token["revoked"])));
            return ExitCode.Ok;
        }));
        return command;
    }
}
