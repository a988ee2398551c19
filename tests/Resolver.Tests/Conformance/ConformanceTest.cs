using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>One resolver in virtual time above a toy Internet: root, com (server 2) and org (server 3), further servers as a test wants them.</summary>
public abstract class ConformanceTest : IAsyncLifetime
{
    private protected static readonly string All =
        Policies.Dev("{allow: '*', types: [A, AAAA, CNAME, DNAME, NS, SOA, TXT, MX, SRV, PTR, DS, HTTPS, SVCB, TYPE1000]}");

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private Guard? _guard;

    private protected ToyInternet Internet { get; } = new("com. NS ns.com.\nns.com. A @2 \norg. NS ns.org.\nns.org. A @3 \n");

    private protected FakeClock Clock { get; } = new();

    /// <summary>The resolver; started with the default options unless <see cref="Start"/> was called.</summary>
    private protected Guard Guard => _guard ??= new Guard(All, Internet, time: Clock);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_guard is not null)
        {
            var ending = _guard.DisposeAsync().AsTask();
            while (!ending.IsCompleted)
            {
                Clock.Advance(Step);
                await Task.WhenAny(ending, Task.Delay(2));
            }

            await ending;
        }

        Internet.Dispose();
    }

    private protected Guard Start(Func<ResolverOptions, ResolverOptions> configure) => _guard = new Guard(All, Internet, configure, Clock);

    private protected Task<Reply> Ask(string name, RecordType type = RecordType.A) => Guard.Ask(name, type);

    /// <summary>Asks, and lets time pass whenever nobody has anything to send: what takes seconds takes none.</summary>
    private protected Task<Reply> AskPatiently(string name, RecordType type = RecordType.A) => LetTimePass(Guard.Ask(name, type));

    private protected async Task<T> LetTimePass<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            var asked = Internet.Asked;
            await Task.WhenAny(task, Task.Delay(Quiet));
            if (!task.IsCompleted && asked == Internet.Asked)
                Clock.Advance(Step);
        }

        return await task;
    }

    /// <summary>Lets the clock run while datagrams already on their way arrive.</summary>
    private protected async Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        await Task.Delay(Quiet);
    }

    /// <summary>The zone com at server 2.</summary>
    private protected ToyServer Com(string text) => Internet.Server(2, "com", text);

    /// <summary>The zone example.com at servers 4, 5 and so on, delegated with glue.</summary>
    private protected ToyServer[] Example(int servers, string text)
    {
        Com(string.Concat(Enumerable.Range(0, servers).Select(number => $"example NS ns{number}.example\nns{number}.example A @{4 + number} \n")));
        return [.. Enumerable.Range(0, servers).Select(number => Internet.Server(4 + number, "example.com", text))];
    }

    private protected static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(number => line(number) + "\n"));

    private protected static void Served(Reply reply, string addresses) => Assert.Equal((ResponseCode.NoError, addresses), (reply.Code, reply.Addresses));

    private protected static void Failed(Reply reply) => Assert.Equal((ResponseCode.ServerFailure, 0), (reply.Code, reply.Answers.Count));
}
