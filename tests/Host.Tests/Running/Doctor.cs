using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DnsGuard.Host.Tests.Running;

/// <summary>Runs <c>dnsguard doctor</c>, and reads what it found.</summary>
internal static class Doctor
{
    /// <summary>Examines this machine for a configuration.</summary>
    public static (int Code, JsonArray Findings) Examine(GuardProcess guard, string config)
    {
        var (code, text) = Run(guard, config, "-o", "json");
        return (code, JsonNode.Parse(text)!.AsArray());
    }

    /// <summary>The same; its exit code, and what it writes to stdout.</summary>
    public static (int Code, string Text) Run(GuardProcess guard, string config, params string[] options)
    {
        using var doctor = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, "doctor", "--config", guard.Write("doctor.yaml", config), .. options]) { RedirectStandardOutput = true })!;
        var text = doctor.StandardOutput.ReadToEnd();
        doctor.WaitForExit();
        return (doctor.ExitCode, text);
    }

    /// <summary>What a check found, each as its result and its detail.</summary>
    public static IEnumerable<string> Of(this JsonArray findings, string check) =>
        findings.Where(finding => (string?)finding!["check"] == check).Select(finding => $"{finding!["result"]} {finding["detail"]}");
}
