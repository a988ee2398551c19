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
}
