using System.CommandLine;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard token create|list|rm</c>.</summary>
internal static class TokenCommand
{
    public static Command Create(CliContext context) => new("token", "Make, list and revoke bearer tokens") { Make(context), List(context), Revoke(context) };

    private static Command Make(CliContext context)
    {
        var name = new Option<string>("--name") { Description = "Who or what it is for", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do; repeat for more", Required = true, AllowMultipleArgumentsPerToken = true };
        var expires = new Option<string?>("--expires") { Description = "From when it is no longer good: 2027-01-31T18:00:00Z" };
        var command = new Command("create", "Make a token; its secret is printed this once. The first one ends the trust in loopback") { name, scopes, expires };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var body = new JsonObject { ["name"] = arguments.GetValue(name), ["scopes"] = new JsonArray([.. arguments.GetValue(scopes)!.Select(scope => (JsonNode)scope)]), ["expires"] = arguments.GetValue(expires) };
            var token = await api.SendAsync(HttpMethod.Post, "/api/v1/tokens", body.ToJsonString()).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"token {token!["id"]} for '{token["name"]}'; keep the secret, it is not shown again").ConfigureAwait(false);
            await Console.Out.WriteLineAsync((string?)token["secret"]).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
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
                ("ID", token => (string?)token["id"]),
                ("NAME", token => (string?)token["name"]),
                ("SCOPES", token => Output.Join(token["scopes"])),
                ("EXPIRES", token => (string?)token["expires"]),
                ("REVOKED", token => (string?)token["revoked"]));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Revoke(CliContext context)
    {
        var id = new Argument<string>("id") { Description = "The token's id" };
        var command = new Command("rm", "Revoke a token") { id };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            await api.SendAsync(HttpMethod.Delete, $"/api/v1/tokens/{Uri.EscapeDataString(arguments.GetValue(id)!)}", null).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }
}
