namespace DnsGuard.Host.Tests.Packaging;

/// <summary>The Debian package and the image, each with nothing around it but what it says it needs: do they run there?</summary>
public sealed class PackageTests(PackageFiles files) : IClassFixture<PackageFiles>
{
    private const string Serve = "/usr/bin/dnsguard serve --config /etc/dnsguard/dnsguard.yaml";
    private const string Answers = "^status: NXDOMAIN\nEDE: 15 \\(Blocked\\): \\(no rule, request [0-9a-z]{8}\\)\n127\\.0\\.0\\.1\nended well\n$";

    [Fact]
    public async Task The_same_publish_packed_twice_is_the_same_octet_by_octet()
    {
        await files.PackAsync("again");

        foreach (var made in (string[])[files.Deb, files.Image])
            Assert.Equal(File.ReadAllBytes(made), File.ReadAllBytes(made.Replace("/made/", "/again/", StringComparison.Ordinal)));
        Directory.Delete(Path.Combine(files.Folder, "again"), recursive: true);
    }

    [Fact]
    public async Task The_package_is_installed_runs_is_installed_again_and_goes()
    {
        var root = Path.Combine(files.Folder, "debian");
        // What the package depends on, and nothing else, is there: the image's first layer is made of those packages.
        await ImageFiles.UnpackAsync(files, root, layers: 1);
        foreach (var folder in (string[])["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dnsguard"])
            Directory.CreateDirectory(Path.Combine(root, folder));
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/dpkg/status"), "");

        await DpkgAsync("--install", files.Deb);
        Assert.Contains("Status: install ok installed", await DpkgAsync("--status", "dnsguard"), StringComparison.Ordinal);
        Assert.Equal("/etc/dnsguard/dnsguard.yaml\n/etc/dnsguard/policy.yaml\n", await File.ReadAllTextAsync(Path.Combine(root, "var/lib/dpkg/info/dnsguard.conffiles")));
        // Whoever installs it is not surprised by a server.
        Assert.False(Directory.Exists(Path.Combine(root, "etc/systemd/system")));
        Assert.Matches(Answers, await PackageFiles.AnswersAsync(root, "0:0", Serve));

        // What somebody wrote stays when it is installed again, and no question is asked.
        var config = Path.Combine(root, "etc/dnsguard/policy.yaml");
        await File.AppendAllTextAsync(config, "# mine\n");
        await DpkgAsync("--install", files.Deb);
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(config), StringComparison.Ordinal);

        await DpkgAsync("--remove", "dnsguard");
        Assert.True(File.Exists(config) && Directory.Exists(Path.Combine(root, "var/lib/dnsguard")) && !File.Exists(Path.Combine(root, "usr/bin/dnsguard")));
        await DpkgAsync("--purge", "dnsguard");
        Assert.False(File.Exists(config) || Directory.Exists(Path.Combine(root, "var/lib/dnsguard")));

        Task<string> DpkgAsync(params string[] arguments) => PackageFiles.RunAsync("dpkg", ["--root", root, "--force-depends", "--force-script-chrootless", .. arguments]);
    }

    [Fact]
    public async Task The_image_runs_as_the_user_that_it_names()
    {
        var image = await ImageFiles.UnpackAsync(files, files.Root);

        Assert.Equal("65532:65532", (string)image["User"]!);
        Assert.Equal(Serve, string.Join(' ', image["Entrypoint"]!.AsArray().Concat(image["Cmd"]!.AsArray()).Select(part => (string)part!)));
        Assert.Matches(Answers, await PackageFiles.AnswersAsync(files.Root, (string)image["User"]!, Serve));
    }
}
