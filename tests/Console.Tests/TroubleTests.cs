namespace DnsGuard.Console.Tests;

/// <summary>When the server is away.</summary>
[Collection(OneBrowser.Name)]
public sealed class TroubleTests(Chromium chromium)
{
    [Fact]
    public async Task What_was_read_stays_and_is_said_to_be_old()
    {
        using var guard = await new Guard().StartAsync();
        await guard.AskAsync(World.Build, "git.code.example");
        await guard.LoggedAsync("git.code.example");
        await using var screen = await chromium.OpenAsync("/log", guard);
        screen.ServerMayBeAway = true;
        await screen.SeesAsync("git.code.example");
        guard.Kill();
        await screen.SeesAsync("The server does not answer");
        await screen.SeesAsync("git.code.example");

        await guard.StartAsync();
        await screen.SeesNotAsync(screen.Text("The server does not answer"));
    }
}
