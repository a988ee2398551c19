using System.Globalization;
using System.Text.RegularExpressions;

namespace DnsGuard.Lab;

/// <summary>How a flood ended.</summary>
/// <param name="Names">How many names were resolved.</param>
/// <param name="Late">Answers whose address could not be used at once.</param>
/// <param name="Leaked">Addresses that could be reached though no grant covers them.</param>
/// <param name="DnsFailures">Questions without an answer.</param>
/// <param name="Details">What the parts said.</param>
public sealed record FloodResult(int Names, int Late, int Leaked, int DnsFailures, string Details)
{
    /// <summary>The line that says it all.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"late = {Late}, leaked = {Leaked}, names = {Names}");

    /// <summary>Is all as it must be?</summary>
    public bool IsGood => Late == 0 && Leaked == 0 && DnsFailures == 0;
}

/// <summary>★ The run that counts: fresh names, each used the moment it is answered; then every address that must be closed is tried.</summary>
public static partial class Flood
{
    // Nobody resolves these. Two families, TCP 443.
    private static readonly string[] Unresolved = ["100.2.0.0+4096", "2a00:2::+512"];

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(100);

    /// <summary>Runs it at a lab that is up.</summary>
    public static FloodResult Run(Vpc vpc, int names = 10_000)
    {
        // A probe that could not see a leak would prove nothing: from the gateway itself, which is not filtered, all of it must be open.
        var control = Probe(vpc.Gateway, Unresolved);
        if (control.Open != control.All)
            throw new InvalidOperationException($"the control failed: from the gateway, {control.Text}");
        var late = Vpc.RunLab(vpc.A, Bound, "resolve", names.ToString(CultureInfo.InvariantCulture)).Text.Trim();
        if (Counts().Match(late) is not { Success: true } counts)
            throw new InvalidOperationException($"the run broke: {late}");
        // And what was just granted must be open to the very same probe: names 0, 1, 4, 5, … were asked for A or AAAA in turn.
        var granted = Probe(vpc.A, ["100.1.0.0+1", "100.1.0.4+1", "2a00:1::1:1+1"]);
        if (granted.Open != granted.All)
            throw new InvalidOperationException($"the control failed: of what was granted to A, {granted.Text}");
        var leakedToA = Probe(vpc.A, Unresolved);
        // What A may reach is nothing to B.
        var leakedToB = Probe(vpc.B, ["100.1.0.0+1024", "2a00:1::1:0+512", .. Unresolved]);
        return new FloodResult(
            names,
            int.Parse(counts.Groups["late"].Value, CultureInfo.InvariantCulture),
            leakedToA.Open + leakedToB.Open,
            int.Parse(counts.Groups["failures"].Value, CultureInfo.InvariantCulture),
            $"{late}\nfrom the gateway (control): {control.Text}\ngranted to A (control): {granted.Text}\nfrom A: {leakedToA.Text}\nfrom B: {leakedToB.Text}");
    }

    private static (int Open, int All, string Text) Probe(string space, IReadOnlyList<string> ranges)
    {
        var text = Vpc.RunLab(space, Bound, ["probe", .. ranges]).Text.Trim();
        return Opened().Match(text) is { Success: true } match
            ? (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), text)
            : throw new InvalidOperationException($"the probe broke: {text}");
    }

    [GeneratedRegex(@"names \d+ dns-failures (?<failures>\d+) late (?<late>\d+)")]
    private static partial Regex Counts();

    [GeneratedRegex(@"open (\d+) of (\d+)")]
    private static partial Regex Opened();
}
