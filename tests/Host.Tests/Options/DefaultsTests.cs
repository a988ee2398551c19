using System.Collections;
using System.Reflection;
using DnsGuard.Policy.Text;
using DnsGuard.Resolver;
using DnsGuard.Sync;

namespace DnsGuard.Host.Tests.Options;

public sealed class DefaultsTests
{
    /// <summary>Properties that no key sets, or that a key of another name does, and why.</summary>
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["Resolver.AnswerCacheBytes"] = "resolver.answerCache",
        ["Resolver.RecordCacheBytes"] = "resolver.recordCache",
        ["Resolver.ForwardZones"] = "resolver.forward",
        ["Resolver.UpstreamIPv4"] = "resolver.upstreamIpv4",
        ["Resolver.UpstreamIPv6"] = "resolver.upstreamIpv6",
        ["Resolver.UpstreamMark"] = "", // follows from the targets
        ["Control.MaxBodyBytes"] = "control.maxBody",
        ["Control.RequestsPerSecond"] = "control.requestsPerSecond",
        ["Dnstap.FileBytes"] = "dnstap.fileSize",
        ["Dnstap.QueueBytes"] = "dnstap.queue",
        ["Store.QueryLogBytes"] = "store.queryLogSize",
        ["Store.GrantJournalBytes"] = "store.grantJournalSize",
    };

    /// <summary>Where the file says more than the code's default: something has to be named, and the file says so.</summary>
    private static readonly string[] Different = ["Sync.Targets"];

    [Fact]
    public void The_file_of_the_repository_says_exactly_what_the_code_does_without_it()
    {
        var read = ReadFile();
        var without = Reading.Read("", out _);

        foreach (var (path, property, holder) in Properties())
        {
            if (Different.Contains(path))
                continue;
            Assert.True(Same(property.GetValue(holder(without)), property.GetValue(holder(read))), $"{path} is {Show(property.GetValue(holder(without)))} without the file and {Show(property.GetValue(holder(read)))} with it");
        }
    }

    [Fact]
    public void Every_option_has_a_key_in_the_file_if_only_in_a_comment_and_every_key_an_option()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "config/dnsguard.yaml"));
        var section = "";
        var keys = new HashSet<string>();
        foreach (var line in text.Split('\n'))
        {
            // "  # key: value" is a key that has no default worth writing; "# publicSuffixes: …" stands at the left.
            var bare = line.TrimStart('#').Length < line.Length ? line.TrimStart('#')[1..] : line.Replace("  # ", "  ", StringComparison.Ordinal);
            var name = bare.Split(':')[0];
            if (!bare.Contains(':', StringComparison.Ordinal) || name.Trim().Any(character => !char.IsAsciiLetterOrDigit(character)))
                continue;
            if (name.StartsWith("  ", StringComparison.Ordinal) && name.TrimStart().Length == name.Length - 2)
                keys.Add($"{section}.{name.Trim()}");
            // Keys begin with a small letter; sentences do not.
            else if (name.Length > 0 && char.IsAsciiLetterLower(name[0]))
                keys.Add(section = name);
        }

        var wanted = Properties().Select(one => Keys.GetValueOrDefault(one.Path, KeyOf(one.Path))).Where(key => key.Length > 0).ToHashSet();
        wanted.UnionWith(["resolver.unprotectedRanges", "resolver.addressFilter", "resolver.stub"]);
        wanted.UnionWith(["resolver", "enforcement", "control", "store", "log", "dnstap", "telemetry"]);
        Assert.Equal(wanted.Order(), keys.Order());
    }

    [Fact]
    public void The_files_one_target_is_a_feed_with_the_defaults_of_a_target()
    {
        var target = Assert.Single(ReadFile().Sync.Targets);

        Assert.Equal(new TargetOptions("feed", TargetKind.Feed) with { Networks = target.Networks }, target);
        Assert.Empty(target.Networks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("resolver:\nlog: ~\nstore: {}\n")]
    [InlineData("\uFEFFdrain: 5s\r\n")]
    public void An_empty_file_means_the_defaults(string yaml)
    {
        var read = Reading.Read(yaml, out var problems);

        Assert.Empty(problems);
        Assert.Contains("A.ROOT-SERVERS.NET.", read.Resolver.RootHints, StringComparison.Ordinal);
        Assert.Contains("DS 38696", read.Resolver.TrustAnchors, StringComparison.Ordinal);
        // The root's servers are nothing that code should know: they came with the program, as a file.
        foreach (var (path, property, holder) in Properties().Where(one => one.Path is not ("Resolver.RootHints" or "Resolver.TrustAnchors")))
            Assert.True(Same(property.GetValue(holder(new HostOptions())), property.GetValue(holder(read))), path);
    }

    [Theory]
    [InlineData("resolver: {minTtl: 0, maxNegativeTtl: 0s}\ndrain: 0\n")]
    [InlineData("resolver: {workers: 64, answerCache: 1MiB, recordCache: 64GiB, maxTtl: 7d, udpPayloadOctets: 512, authorityPort: 65535}\n")]
    [InlineData("log: {level: fatal, directory: none, files: 1}\nstore: {queryLogAge: 3650d, queryLogSize: 100000GiB, grantJournalAge: 1h}\n")]
    [InlineData("dnstap: {fileSize: 1MiB, queue: 1GiB}\ntelemetry: {otlpPeriod: 1h}\n")]
    [InlineData("control: {listen: \"[::1]:0\", maxBody: 1KiB}\n")]
    public void The_ends_of_every_range_belong_to_it(string yaml)
    {
        Reading.Read(yaml, out var problems);

        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:53")]
    [InlineData("127.0.0.1:5300", "127.0.0.1:5300")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("::1", "[::1]:53")]
    [InlineData("::0", "[::]:53")]
    [InlineData("2001:db8::0", "[2001:db8::]:53")]
    [InlineData("[::1]", "[::1]:53")]
    [InlineData("[::1]:5300", "[::1]:5300")]
    [InlineData("[::1]:0", "[::1]:0")]
    [InlineData("[::0]:0", "[::]:0")]
    public void An_address_may_leave_out_its_port(string written, string meant)
    {
        var read = Reading.Read($"resolver: {{listen: \"{written}\"}}\n", out var problems);

        Assert.Empty(problems);
        Assert.Equal(meant, Assert.Single(read.Resolver.Listen).ToString());
    }

    [Fact]
    public void A_host_whose_own_traffic_is_filtered_marks_its_own_questions()
    {
        Assert.Equal(0, Reading.Read("enforcement: {targets: [{name: a, kind: nftables, networks: [10.0.0.0/8]}]}\n", out _).Resolver.UpstreamMark);
        Assert.Equal((int)Enforcement.OwnMark, Reading.Read("enforcement: {targets: [{name: a, kind: nftables, hostGroup: self}]}\n", out _).Resolver.UpstreamMark);
    }

    [Fact]
    public void Ranges_can_be_added_to_the_protected_ones_and_taken_from_them()
    {
        var defaults = new ResolverOptions().ProtectedRanges;

        var read = Reading.Read("resolver: {protectedRanges: [192.0.99.0/24], unprotectedRanges: [10.0.0.0/8]}\n", out var problems).Resolver.ProtectedRanges;

        Assert.Empty(problems);
        Assert.Equal(defaults.Select(range => range.ToString()).Where(range => range != "10.0.0.0/8").Append("192.0.99.0/24"), read.Select(range => range.ToString()));
        Assert.Equal(defaults.Count, read.Count);
    }

    private static HostOptions ReadFile()
    {
        // The file names its root hints relative to the repository.
        var text = File.ReadAllText(Path.Combine(Repository.Root, "config/dnsguard.yaml"))
            .Replace("config/root.", Path.Combine(Repository.Root, "config/root."), StringComparison.Ordinal);
        var problems = new List<TextProblem>();
        var options = HostOptionsReader.Read(text, problems);
        Assert.Empty(problems);
        return options;
    }

    private static IEnumerable<(string Path, PropertyInfo Property, Func<HostOptions, object> Holder)> Properties()
    {
        foreach (var property in typeof(HostOptions).GetProperties().Where(property => property.CanWrite))
        {
            if (property.PropertyType.Namespace?.StartsWith("DnsGuard", StringComparison.Ordinal) == true)
            {
                foreach (var inner in property.PropertyType.GetProperties().Where(inner => inner.CanWrite))
                    yield return ($"{property.Name}.{inner.Name}", inner, options => property.GetValue(options)!);
            }
            else
            {
                yield return (property.Name, property, options => options);
            }
        }
    }

    private static string KeyOf(string path) => string.Join('.', path.Split('.').Select(part => part == "Sync" ? "enforcement" : char.ToLowerInvariant(part[0]) + part[1..]));

    private static bool Same(object? one, object? other) => one is IEnumerable ones and not string && other is IEnumerable others
        ? ones.Cast<object>().SequenceEqual(others.Cast<object>())
        : Equals(one, other);

    private static string Show(object? value) => value is IEnumerable values and not string ? string.Join(", ", values.Cast<object>()) : $"{value}";
}
