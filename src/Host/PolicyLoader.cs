using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Store;

namespace DnsGuard.Host;

/// <summary>The policy that a node starts with: its newest revision, or the policy file where it has none yet.</summary>
internal sealed class PolicyLoader(RevisionStore revisions, PolicyValidator validator, PolicyCompiler compiler, string policyFile)
{
    private (PolicyDocument Document, string Text)? _first;

    /// <summary>Loads it.</summary>
    /// <exception cref="StartException">What is stored or written cannot be used; every problem is told.</exception>
    public PolicySnapshot Load()
    {
        if (revisions.Newest() is { } newest)
            return compiler.Compile(newest.Number, Check(newest.Read, $"revision {newest.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)}"));
        string text;
        try
        {
            text = File.ReadAllText(policyFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException([$"{policyFile}: the policy cannot be read: {failure.Message.TrimEnd('.')}. Name a file in 'policyFile' that this user may read."]);
        }

        var document = Check(problems => PolicyReader.Read(text, problems), policyFile);
        _first = (document, text);
        return compiler.Compile(1, document);
    }

    /// <summary>Stores the policy file as the first revision, if it was that which was loaded.</summary>
    public void Keep()
    {
        if (_first is { } first)
            revisions.Append(1, first.Document, first.Text, "start", $"from {Path.GetFileName(policyFile)}");
    }

    private PolicyDocument Check(Func<List<TextProblem>, PolicyDocument> read, string place)
    {
        var problems = new List<TextProblem>();
        var document = read(problems);
        validator.Check(document, problems);
        return problems.Count == 0 ? document : throw new StartException(problems.Select(problem => problem.Describe(place)));
    }
}
