using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>The log as it happens.</summary>
[Collection(OneBrowser.Name)]
public sealed class LiveTailTests(Chromium chromium, ITestOutputHelper output)
{
    private const int RowsPerSecond = 200;
    private const int Seconds = 4;

    [Fact]
    public async Task Under_two_hundred_rows_a_second_it_stays_smooth_and_keeps_its_filter()
    {
        await using var screen = await chromium.OpenAsync("/log?live=1&outcome=blocked");
        await Expect(screen.Page.Locator(".dg-live")).ToContainTextAsync("Live", new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });
        // How long the page was busy at a stretch: what a user feels as stutter.
        await screen.Page.EvaluateAsync("window.tasks = []; new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(one => one.duration))).observe({entryTypes: ['longtask']})");
        using var blocked = new UdpClient(new IPEndPoint(IPAddress.Parse(World.Build), 0));
        using var allowed = new UdpClient(new IPEndPoint(IPAddress.Parse($"{World.Clients}.4.99"), 0));
        var clock = Stopwatch.StartNew();
        for (var row = 0; row < RowsPerSecond * Seconds; row++)
        {
            await chromium.Guard.SendAsync(blocked, $"r{row}.flood.example");
            // Every fifth is allowed, and must not be seen.
            if (row % 5 == 0)
                await chromium.Guard.SendAsync(allowed, "git.code.example");
            var ahead = TimeSpan.FromSeconds((double)row / RowsPerSecond) - clock.Elapsed;
            if (ahead > TimeSpan.FromMilliseconds(15))
                await Task.Delay(ahead);
        }

        // The last row is seen while the page still answers.
        await screen.SeesAsync($"r{RowsPerSecond * Seconds - 1}.flood.example");
        var outcomes = await screen.Page.Locator("tr.dg-query .dg-c-outcome").AllInnerTextsAsync();
        Assert.InRange(outcomes.Count, 100, 250);
        Assert.All(outcomes, outcome => Assert.Contains("Blocked", outcome, StringComparison.Ordinal));
        Assert.Contains("outcome=blocked", screen.Page.Url, StringComparison.Ordinal);

        var tasks = await screen.Page.EvaluateAsync<double[]>("window.tasks");
        var busy = tasks.Sum() / clock.Elapsed.TotalMilliseconds;
        output.WriteLine($"{RowsPerSecond} rows a second for {Seconds} s: {tasks.Length} tasks over 50 ms, the longest {tasks.Append(0).Max():F0} ms; {busy:P0} of the time in them");
        Assert.True(busy < 0.5, $"the page was busy for {busy:P0} of the time");
    }

    [Fact]
    public async Task Paused_it_holds_still_and_goes_on_with_what_came_meanwhile()
    {
        await using var screen = await chromium.OpenAsync("/log?live=1&name=.pause.example");
        await Expect(screen.Page.Locator(".dg-live")).ToContainTextAsync("Live", new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });
        await chromium.Guard.AskAsync(World.Build, "one.pause.example");
        await screen.SeesAsync("one.pause.example");
        await screen.Button("Pause").ClickAsync();
        await chromium.Guard.AskAsync(World.Build, "two.pause.example");
        await screen.SeesAsync("1 waiting");
        await screen.SeesNotAsync(screen.Text("two.pause.example"));
        await screen.Button("Resume").ClickAsync();
        await screen.SeesAsync("two.pause.example");
    }
}
