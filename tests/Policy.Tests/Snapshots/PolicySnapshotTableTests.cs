using DnsGuard.TestKit;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Tests.Snapshots;

public class PolicySnapshotTableTests
{
    public static IEnumerable<object[]> Rows() =>
        VerdictTable.Read().SelectMany(section => section.Questions.Select(question => new object[] { section.Title, question }));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_question_gets_the_verdict_of_its_row(string section, string question)
    {
        var row = VerdictRow.Parse(question);

        Assert.Equal(row.Answer, row.Ask(VerdictTable.Snapshot(section)));
    }

    // The table is written by hand and NaivePolicy from the contract: where they agree, the property tests stand on firm ground.
    [Fact]
    public void The_naive_policy_agrees_with_every_row() => Assert.All(Rows(), row =>
    {
        var (snapshot, question) = (VerdictTable.Snapshot((string)row[0]), VerdictRow.Parse((string)row[1]));
        var group = snapshot.Clients.Find(question.Client);
        if (group < 0)
            return;
        var naive = NaivePolicy.Judge(snapshot.Document, snapshot.Groups[group].Name, DomainName.FromWire(question.Name), question.Type, question.Now);

        Assert.StartsWith($"{naive.Outcome} {naive.Reason}", question.Answer.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    });
}
