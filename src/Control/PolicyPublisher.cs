using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Store;

namespace DnsGuard.Control;

/// <summary>★ The road of an edit: validate, compile, store, publish. One edit at a time; whoever comes second builds on the first or is told so.</summary>
public sealed class PolicyPublisher(LivePolicy live, PolicyValidator validator, PolicyCompiler compiler, RevisionStore revisions)
{
    // When so much has been edited since everything was compiled together, that is done again, behind the edits.
    private const int DueSize = 2_048;

    private readonly Lock _editing = new();
    private Task<PolicySnapshot>? _compiledAnew;

    /// <summary>The policy in force.</summary>
    public PolicySnapshot Current => live.Current;

    /// <summary>Knows what a document may say.</summary>
    public PolicyValidator Validator => validator;

    /// <summary>Changes the policy.</summary>
    /// <param name="expected">The revision that the editor saw; null takes whatever is in force.</param>
    /// <param name="edit">Makes the new document from the old one, and adds what is wrong with the request. Its second result is the text to keep; null has it written anew.</param>
    /// <param name="author">Who.</param>
    /// <param name="comment">Why.</param>
    /// <param name="isDryRun">Only tell what would happen.</param>
    /// <exception cref="StoreException">It could not be stored; nothing was changed.</exception>
    public EditResult Edit(long? expected, Func<PolicyDocument, List<TextProblem>, (PolicyDocument? Document, string? Text)> edit, string author, string comment, bool isDryRun = false)
    {
        lock (_editing)
        {
            var current = live.Current;
            if (expected is { } seen && seen != current.Revision)
                return EditResult.Stale(current.Revision);
            var problems = new List<TextProblem>();
            var (document, text) = edit(current.Document, problems);
            if (document is null && problems.Count == 0)
                return EditResult.NotFound;
            // What could be read is checked too, so that every problem is told at once.
            if (document is not null)
                validator.Check(document, problems, current.Document);
            if (problems.Count > 0)
                return EditResult.Refused(problems);

            var changes = PolicyDiff.Between(current.Document, document!);
            if (isDryRun)
                return EditResult.Would(current.Revision, changes);
            // Compiled before it is stored: nothing stored can fail to load. Stored before it is published: nothing in force can be lost.
            var next = compiler.Compile(current.Revision + 1, document!, Ground(current));
            if (!revisions.Append(next.Revision, document!, text, author, comment))
                return EditResult.Stale(revisions.Newest()?.Number ?? current.Revision);
            live.Publish(next);
            return EditResult.Done(next.Revision, changes);
        }
    }

    /// <summary>What a policy would be if it were in force; null, with everything that is wrong, where it cannot be.</summary>
    public PolicySnapshot? Draft(string text, List<TextProblem> problems)
    {
        var current = live.Current;
        var document = PolicyReader.Read(text, problems);
        if (problems.Count == 0)
            validator.Check(document, problems, current.Document);
        return problems.Count > 0 ? null : compiler.Compile(current.Revision + 1, document, current);
    }

    // An edit is compiled on top of what is in force, or of an older revision that was compiled as a whole meanwhile.
    private PolicySnapshot Ground(PolicySnapshot current)
    {
        if (current.OverlaySize < DueSize)
        {
            _compiledAnew = null;
            return current;
        }

        _compiledAnew ??= Task.Run(() => compiler.Compile(current.Revision, current.Document));
        if (!_compiledAnew.IsCompleted)
            return current;
        var compiled = _compiledAnew;
        _compiledAnew = null;
        // One that failed, for want of memory say, is tried again by a later edit; this one goes on from what is in force.
        return compiled.IsCompletedSuccessfully ? compiled.GetAwaiter().GetResult() : current;
    }
}
