using System.Diagnostics;

namespace DnsGuard.Host.Tests.Packaging;

/// <summary>What <c>./package</c> makes, made once for all tests that look at it, and a folder for them to unpack it in.</summary>
public sealed class PackageFiles : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public string Folder { get; } = Directory.CreateTempSubdirectory("dnsguard-package-").FullName;

    public string Published => Path.Combine(Folder, "published");

    public string Deb => Directory.GetFiles(Path.Combine(Folder, "made"), "dnsguard_*.deb").Single();

    public string Image => Directory.GetFiles(Path.Combine(Folder, "made"), "dnsguard_*.oci.tar").Single();

    /// <summary>The image's layers, one above the other, as a container would have them.</summary>
    public string Root => Path.Combine(Folder, "root");

    /// <summary>Its layout: index.json, oci-layout, blobs.</summary>
    public string Layout => Path.Combine(Folder, "layout");

    public async Task InitializeAsync()
    {
        await RunAsync(Path.Combine(Repository.Root, "publish"), "--self-contained", Published);
        await PackAsync("made");
        Directory.CreateDirectory(Layout);
        await RunAsync("tar", "-xf", Image, "-C", Layout);
    }

    /// <summary>Packs the same publish.</summary>
    public Task PackAsync(string into) => RunAsync(Path.Combine(Repository.Root, "package"), Path.Combine(Folder, into), Published);

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a program to its end, within a bound; what it said. It must end well.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complaints) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{await said}{await complaints}");
        return await said;
    }

    /// <summary>
    /// Runs a command in a root folder with nothing of this machine in it but /proc, in a network of its own, and asks it two questions when it is
    /// ready. What was answered.
    /// </summary>
    public static Task<string> AnswersAsync(string root, string user, string command) => RunAsync(
        "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", $$"""
            set -e
            ip link set lo up
            mkdir -p {{root}}/proc {{root}}/dev
            mount -t proc proc {{root}}/proc
            mount -t tmpfs none {{root}}/dev
            mknod -m 666 {{root}}/dev/null c 1 3; mknod -m 666 {{root}}/dev/urandom c 1 9; mknod -m 666 {{root}}/dev/zero c 1 5
            env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt chroot --userspec={{user}} {{root}} {{command}} > {{root}}/../said 2>&1 &
            guard=$!
            for turn in $(seq 300); do
              [ "$(curl -s http://127.0.0.1:8053/readyz)" != ready ] || break
              kill -0 $guard || { cat {{root}}/../said; exit 1; }
              sleep 0.1
            done
            dig +time=5 +tries=3 @127.0.0.1 -p 5300 www.example.net A | grep -oE 'status: [A-Z]+|EDE: .*'
            dig +time=5 +tries=3 @127.0.0.1 -p 5300 localhost A +short
            kill $guard
            wait $guard && echo ended well
            """);
}
