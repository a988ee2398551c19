using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using DnsGuard.Ec2.Access;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests;

/// <summary>A client before a server that does as EC2 does. Whatever they say to each other is held against EC2's service model when the test ends.</summary>
public abstract class Ec2Test : IAsyncLifetime
{
    private readonly List<ContractHandler> _contracts = [];
    private readonly List<Ec2Client> _clients = [];

    /// <summary>The account that the environment's keys belong to.</summary>
    protected const string Own = "111111111111";

    /// <summary>The server.</summary>
    protected FakeEc2 Fake { get; private set; } = null!;

    /// <summary>A client of our own account.</summary>
    protected Ec2Client Ec2 => field ??= Connect();

    /// <inheritdoc/>
    public async Task InitializeAsync() => Fake = await FakeEc2.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Fake.DisposeAsync();
        Assert.Empty(_contracts.SelectMany(contract => contract.Wrong));
        GC.SuppressFinalize(this);
    }

    /// <summary>A client with options of its own.</summary>
    protected Ec2Client Connect(Func<Ec2Options, Ec2Options>? change = null, HostResolver? resolver = null)
    {
        var options = new Ec2Options("eu-west-1") { Endpoint = Fake.Url, Deadline = TimeSpan.FromSeconds(15), AttemptTimeout = TimeSpan.FromSeconds(5) };
        var client = new Ec2Client(change is null ? options : change(options), resolver ?? ((_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([])), TimeProvider.System, inner =>
        {
            var contract = new ContractHandler(inner);
            _contracts.Add(contract);
            return contract;
        });
        _clients.Add(client);
        return client;
    }

    // The library reads keys from the environment of the process.
    [ModuleInitializer]
    internal static void SetKeys()
    {
        // A child has an environment of its own.
        if (Assembly.GetEntryAssembly() == typeof(Ec2Test).Assembly)
            return;
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", $"AKID{Own}");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }
}
