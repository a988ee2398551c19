using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.Revisions;

/// <summary>Policies of so many rules that they are stored in runs.</summary>
public sealed class LargePolicyTests : StoreTest
{
    private const int Count = 12_000;

    private RevisionStore Store => field ??= new RevisionStore(Control, Clock);

    private RevisionStore Restarted => new(new Database(Control.Path, "control"), Clock);

    [Fact]
    public void An_edit_stores_one_run_more_and_a_restart_reads_all_of_it_back()
    {
        var first = Large();
        Assert.True(Store.Append(1, first, "the text", "me", ""));
        var runs = Runs();
        var second = first with { Lists = [first.Lists[0] with { Rules = first.Lists[0].Rules.Without(7_000) }] };
        Assert.True(Store.Append(2, second, null, "me", ""));

        Assert.Equal(runs + 1, Runs());
        Assert.Equal("the text", Restarted.Find(1)!.WholeText);
        Assert.Equal(PolicyWriter.Write(first), PolicyWriter.Write(Restarted.Find(1)!.Document!));
        Assert.Equal(PolicyWriter.Write(second), Restarted.Newest()!.WholeText);
        var problems = new List<TextProblem>();
        Assert.Equal(PolicyWriter.Write(second), PolicyWriter.Write(PolicyReader.Read(Restarted.Find(2)!.WholeText, problems)));
        Assert.Empty(problems);
    }

    [Fact]
    public void An_edit_after_a_restart_stores_one_run_more_too()
    {
        Store.Append(1, Large(), null, "me", "");
        var runs = Runs();
        var again = Restarted;
        var read = again.Newest()!.Document!;

        again.Append(2, read with { Lists = [read.Lists[0] with { Rules = read.Lists[0].Rules.With(5, Rule(99_999)) }] }, null, "me", "");

        Assert.Equal(runs + 1, Runs());
        Assert.Equal("n99999.example.com", again.Find(2)!.Document!.Lists[0].Rules[5].Pattern.Text);
    }

    [Fact]
    public void An_old_revision_shares_its_memory_with_the_policy_in_force()
    {
        var first = Large();
        Store.Append(1, first, null, "me", "");
        var second = first with { Lists = [first.Lists[0] with { Rules = first.Lists[0].Rules.Without(0) }] };
        Store.Append(2, second, null, "me", "");

        var restored = Store.Find(1, second)!.Document!;

        Assert.Equal(second.Lists[0].Rules.Chunks.Count - 1, restored.Lists[0].Rules.Chunks.Count(chunk => second.Lists[0].Rules.Chunks.Contains(chunk)));
        Assert.Equal(PolicyWriter.Write(first), PolicyWriter.Write(restored));
    }

    [Fact]
    public void A_revision_that_somebody_else_wrote_first_leaves_nothing_that_a_later_one_would_miss()
    {
        var document = Large();
        Restarted.Append(1, "theirs", "them", "");
        Assert.False(Store.Append(1, document, null, "me", ""));

        Assert.True(Store.Append(2, document, null, "me", ""));

        Assert.Equal(PolicyWriter.Write(document), PolicyWriter.Write(Restarted.Find(2)!.Document!));
    }

    [Theory]
    [InlineData("DELETE FROM rule_runs WHERE rowid = (SELECT max(rowid) FROM rule_runs)")]
    [InlineData("UPDATE rule_runs SET octets = x'' WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = x'01000000' WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = CAST(x'ffffffff' || octets AS BLOB) WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = CAST(x'ffffff7f' || octets AS BLOB) WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = x'00000000' WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = substr(octets, 1, 9000) WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = CAST(x'01000000' || x'00000000' || x'04000000' || x'3f3f3f3f' AS BLOB) WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = CAST(x'01000000' || x'00000000' || x'00000000' AS BLOB) WHERE rowid = 3")]
    [InlineData("UPDATE rule_runs SET octets = (SELECT octets FROM rule_runs WHERE rowid = 4) WHERE rowid = 3")]
    [InlineData("UPDATE revisions SET rules = substr(rules, 1, 100)")]
    [InlineData("UPDATE revisions SET rules = x''")]
    [InlineData("UPDATE revisions SET rules = CAST(rules || x'00000000' AS BLOB)")]
    [InlineData("UPDATE revisions SET rules = CAST(x'ffffffff' || rules AS BLOB)")]
    [InlineData("UPDATE revisions SET rules = CAST(x'ffffff7f' || rules AS BLOB)")]
    [InlineData("UPDATE revisions SET rules = NULL")]
    [InlineData("UPDATE revisions SET frame = ''")]
    [InlineData("UPDATE revisions SET frame = substr(frame, 1, 60)")]
    [InlineData("UPDATE revisions SET frame = replace(frame, 'clients', 'klients')")]
    [InlineData("UPDATE revisions SET frame = replace(frame, 'shared', 'sha red')")]
    public void Damage_is_said_to_be_damage_and_never_a_policy(string damage)
    {
        Store.Append(1, Large(), null, "me", "");
        Sql(Control, damage);

        var told = Assert.Throws<StoreException>(() => Restarted.Newest());

        Assert.Contains("damaged", told.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => Restarted.Find(1));
    }

    [Fact]
    public void A_database_of_the_first_schema_is_brought_up_to_date_with_all_that_it_holds()
    {
        var path = Folder.File("old.db");
        using (var old = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path}"))
        {
            old.Open();
            using var reader = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(typeof(Database).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("control.0001.sql", StringComparison.Ordinal)))!);
            using var command = old.CreateCommand();
#pragma warning disable CA2100 // Tests write their own statements.
            command.CommandText = reader.ReadToEnd() + "; INSERT INTO revisions VALUES (1, 5, 'them', 'why', 'an old text'); PRAGMA user_version = 1";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        var store = new RevisionStore(new Database(path, "control"), Clock);
        Assert.Equal(new Revision(1, DateTimeOffset.FromUnixTimeMilliseconds(5), "them", "why", "an old text"), store.Newest());
        Assert.True(store.Append(2, Large(), null, "me", ""));
        Assert.Equal(Count, store.Newest()!.Document!.Lists[0].Rules.Count);
    }

    private long Runs() => (long)Sql(Control, "SELECT count(*) FROM rule_runs")!;

    private static RuleDocument Rule(int number) => new($"r-{number:x16}", number % 9 == 0 ? RuleAction.Deny : RuleAction.Allow, NamePattern.Parse($"n{number}.example.com"), default) { Comment = number % 100 == 0 ? "why not" : null };

    /// <summary>A large policy with another rule in another place for each number.</summary>
    internal static PolicyDocument Edited(long number)
    {
        var first = Large();
        return first with { Lists = [first.Lists[0] with { Rules = first.Lists[0].Rules.With((int)(number * 511 % Count), Rule(Count + (int)number)) }] };
    }

    private static PolicyDocument Large() => new(
        [new ListDocument("shared", "for all", RuleList.Create([.. Enumerable.Range(0, Count).Select(Rule)]), default)],
        [new GroupDocument("dev", default) { Clients = [AddressRange.Parse("10.0.0.0/8")], Lists = ["shared"], Rules = RuleList.Create([Rule(1), Rule(2)]) }]);
}
