using DnsGuard.Ec2.Calls;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>A client in a child, before servers that do as EC2, STS and the metadata services do. What it says to EC2 is held against EC2's service model, and the operating
/// system's resolver must not have been asked for anything.</summary>
[Collection("children")]
public abstract class ChildTest : IAsyncLifetime
{
    /// <summary>The account of a user's own keys.</summary>
    protected const string Own = "111111111111";

    /// <summary>The account of roles.</summary>
    protected const string Spoke = "222222222222";

    private readonly List<Child> _children = [];

    /// <summary>EC2 and STS.</summary>
    protected FakeEc2 Fake { get; private set; } = null!;

    /// <summary>What an instance or a container asks.</summary>
    protected FakeMetadata Metadata { get; private set; } = null!;

    /// <summary>A directory for files, and the child's home.</summary>
    protected string Home { get; } = Directory.CreateTempSubdirectory("dnsguard-ec2-").FullName;

    /// <summary>The environment in which an instance's metadata service is to be had.</summary>
    protected Dictionary<string, string> OnInstance => new() { ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = Metadata.Url.ToString().TrimEnd('/') };

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Fake = await FakeEc2.StartAsync();
        Metadata = await FakeMetadata.StartAsync(Fake.Keys);
        foreach (var account in new[] { Own, Spoke, Metadata.Account })
            Fake.Region(account).PrefixLists.Add($"of-{account}", "IPv4", 5);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var child in _children)
            await child.DisposeAsync();
        await Metadata.DisposeAsync();
        await Fake.DisposeAsync();
        Directory.Delete(Home, recursive: true);
        Assert.Empty(_children.SelectMany(child => child.Answers).SelectMany(answer => answer.Wrong));
        Assert.Empty(_children.SelectMany(child => child.Answers).SelectMany(answer => answer.AskedOfSystem));
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a child.</summary>
    internal Child Start(Dictionary<string, string> environment, Func<Ec2Options, Ec2Options>? change = null)
    {
        var options = new Ec2Options("eu-west-1") { Endpoint = Fake.Url, Deadline = TimeSpan.FromSeconds(10), AttemptTimeout = TimeSpan.FromSeconds(2) };
        if (!environment.TryAdd("AWS_ENDPOINT_URL_STS", Fake.Url.ToString()) && environment["AWS_ENDPOINT_URL_STS"].Length == 0)
            environment.Remove("AWS_ENDPOINT_URL_STS");
        _children.Add(Child.Start(change is null ? options : change(options), Home, environment));
        return _children[^1];
    }

    /// <summary>The answer of a child's one call.</summary>
    internal Task<ChildAnswer> CallAsync(Dictionary<string, string> environment, Func<Ec2Options, Ec2Options>? change = null) => Start(environment, change).CallAsync();

    /// <summary>Writes a file into the child's home.</summary>
    protected string Write(string name, string text)
    {
        var path = Path.Combine(Home, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The call was made with an account's rights.</summary>
    internal static void AssertCalledAs(string account, ChildAnswer answer)
    {
        Assert.True(answer.Error is null && answer.Lists.SequenceEqual([$"of-{account}"]), answer.ToString());
    }

    /// <summary>The call was refused for want of rights, in words that hold these.</summary>
    internal static void AssertDenied(ChildAnswer answer, params IEnumerable<string> words)
    {
        Assert.True(answer is { Error: nameof(Ec2Exception), Refusal: Ec2Refusal.Denied }, answer.ToString());
        Assert.All(words, word => Assert.Contains(word, answer.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', answer.Message!);
    }
}
