namespace DnsGuard.Policy.Tests.Documents;

public class MistakeTests
{
    public static IEnumerable<object[]> Titles() => MistakeFile.Read().Select(mistake => new object[] { mistake.Title });

    [Theory]
    [MemberData(nameof(Titles))]
    public void Every_problem_is_reported_at_once_where_it_stands(string title)
    {
        var mistake = MistakeFile.Titled(title);
        var problems = Policies.Check(mistake.Text, out _);

        Assert.Equal(
            mistake.Expected.Select(place => place.ToString()).Order(StringComparer.Ordinal),
            problems.Select(problem => MistakeFile.Place.Of(problem).ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void Every_problem_says_in_one_line_what_is_wrong_and_what_to_do(string title) =>
        Assert.All(Policies.Check(MistakeFile.Titled(title).Text, out _), problem =>
        {
            Assert.Matches(@"^\S.*[^.\s]$", problem.Detail);
            Assert.Matches(@"^[A-Z].*[^.\s]$", problem.Cure);
            Assert.DoesNotContain('\n', problem.Detail + problem.Cure);
        });
}
