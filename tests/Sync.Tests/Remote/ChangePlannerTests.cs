using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Tests.Remote;

/// <summary>The next change of a set.</summary>
public sealed class ChangePlannerTests
{
    private const long Lead = 10_000;

    private static readonly PortRange Https = new(TransportProtocol.Tcp, 443, 443);

    private readonly WantedSlots _wanted = new(null);
    private readonly SetMirror _mirror = new();

    [Fact]
    public void What_answers_wait_for_comes_first()
    {
        Want(1, 100);
        Want(2, 100).Waiters.Add(new Waiter(1));
        Assert.Equal(["192.0.2.2", "192.0.2.1"], Added(Plan()));
    }

    [Fact]
    public void What_is_nobodys_goes_at_once_and_what_is_in_its_last_moments_when_it_is_time()
    {
        Hold(1, 2, 3);
        Want(1, 100);
        Want(2, 5);
        Assert.Equal(["192.0.2.3"], Removed(Plan(isRemovalDue: false)));
        Assert.Equal(["192.0.2.3", "192.0.2.2"], Removed(Plan(isRemovalDue: true)));
    }

    [Fact]
    public void Where_there_is_no_room_what_has_expired_makes_some_first()
    {
        Hold(1, 2);
        Want(1, 100);
        Want(2, 5);
        Want(3, 100).Waiters.Add(new Waiter(1));
        var plan = Plan(room: 2, isRemovalDue: false);
        Assert.True(plan.MakesRoom);
        Assert.Equal(["192.0.2.2"], Removed(plan));
        Assert.Empty(plan.Evicted);
        // A set that cannot do both at once adds in the next turn.
        Assert.Empty(plan.Add);
        Assert.Equal(["192.0.2.3"], Added(Plan(room: 2, isRemovalDue: false, removesAlong: true)));
    }

    [Fact]
    public void Then_what_no_client_remembers_the_least_recently_answered_first()
    {
        Hold(1, 2, 3);
        Want(1, 100, answered: 50);
        Want(2, 90, answered: 0);
        Want(3, 80, answered: 0);
        Want(4, 120).Waiters.Add(new Waiter(1));
        var plan = Plan(room: 3);
        Assert.Equal(["192.0.2.3"], plan.Evicted.Select(slot => slot.Slot.Address.ToString()));
        Assert.Empty(plan.Refused);
    }

    [Fact]
    public void Then_answers_are_refused_and_what_nobody_waits_for_is_put_off()
    {
        Hold(1);
        Want(1, 100, answered: 50);
        Want(2, 100).Waiters.Add(new Waiter(1));
        Want(3, 100);
        var plan = Plan(room: 1);
        Assert.Equal(["192.0.2.2"], plan.Refused.Select(slot => slot.Slot.Address.ToString()));
        Assert.Equal(["192.0.2.3"], plan.Postponed.Select(slot => slot.Slot.Address.ToString()));
        Assert.True(plan.Change.IsEmpty);
    }

    [Fact]
    public void Removals_do_not_starve_while_answers_keep_coming()
    {
        Hold(1);
        Want(2, 100).Waiters.Add(new Waiter(1));
        Assert.Equal(["192.0.2.2"], Added(Plan(isRemovalDue: false)));
        Assert.Equal(["192.0.2.1"], Removed(Plan(isRemovalDue: true)));
    }

    private WantedSlot Want(int number, int seconds, int answered = 0) =>
        Assert.Single(_wanted.Put(new TimedEntry(new AllowEntry("web", Policies.Address($"192.0.2.{number}"), Https), TimeSpan.FromSeconds(seconds), "a.example.com", IsOpen: false) { Answered = TimeSpan.FromSeconds(answered) }, 0));

    private void Hold(params int[] numbers) =>
        _mirror.Read(new RemoteContents([.. numbers.Select(number => new FoundSlot(new Slot(Policies.Address($"192.0.2.{number}"), PortSet.From([Https])), null, IsOurs: true))], 60, 60), 0);

    private Plan Plan(int room = 60, bool isRemovalDue = true, bool removesAlong = false) =>
        ChangePlanner.Make(_wanted.All, _mirror, new PlanLimits(100, room, room, Lead, isRemovalDue, removesAlong, IsCareful: false), 0);

    private static IEnumerable<string> Added(Plan plan) => plan.Add.Select(slot => slot.Slot.Address.ToString());

    private static IEnumerable<string> Removed(Plan plan) => plan.Remove.Select(slot => slot.Address.ToString());
}
