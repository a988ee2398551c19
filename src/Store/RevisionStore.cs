using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>Numbered revisions of the policy; every one is kept.</summary>
public sealed class RevisionStore(Database database, TimeProvider time)
{
    private const int UniqueViolation = 19;

    private readonly PackedPolicy _packed = new();

    /// <summary>Appends a revision. When this returns true it is on disk.</summary>
    /// <param name="number">One more than the revision it builds on.</param>
    /// <param name="text">The whole policy.</param>
    /// <param name="author">Who wrote it.</param>
    /// <param name="comment">Why.</param>
    /// <returns>False where somebody else has already written that number.</returns>
    /// <exception cref="StoreException">It could not be written; nothing was changed.</exception>
    public bool Append(long number, string text, string author, string comment) => Append(number, text, null, author, comment);

    /// <summary>As above, for a policy that was read or edited.</summary>
    /// <param name="number">One more than the revision it builds on.</param>
    /// <param name="document">The policy.</param>
    /// <param name="text">What somebody wrote; null where nobody did.</param>
    /// <param name="author">Who wrote it.</param>
    /// <param name="comment">Why.</param>
    public bool Append(long number, PolicyDocument document, string? text, string author, string comment) => PackedPolicy.IsLarge(document)
        ? Append(number, text ?? "", document, author, comment)
        : Append(number, text ?? PolicyWriter.Write(document), null, author, comment);

    private bool Append(long number, string text, PolicyDocument? large, string author, string comment)
    {
        try
        {
            using var connection = database.Open();
            using var transaction = connection.BeginTransaction();
            var (frame, runs, committed) = large is null ? (null, null, null) : _packed.Write(connection, large);
            Database.Execute(
                connection,
                "INSERT INTO revisions (number, at, author, comment, text, frame, rules) VALUES ($number, $at, $author, $comment, $text, $frame, $rules)",
                ("$number", number), ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$author", author), ("$comment", comment), ("$text", text), ("$frame", frame), ("$rules", runs));
            transaction.Commit();
            committed?.Invoke();
            return true;
        }
        catch (SqliteException taken) when (taken.SqliteErrorCode == UniqueViolation)
        {
            return false;
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"the revision could not be written: {failure.Message.TrimEnd('.')}. Nothing was changed; check the disk and try again.", failure);
        }
    }

    /// <summary>The newest revision, or null before the first; of a large policy only what it says, not as it was written.</summary>
    public Revision? Newest() => Read("ORDER BY number DESC LIMIT 1", 0, "CASE WHEN frame IS NULL THEN text ELSE '' END, frame, rules", null).FirstOrDefault();

    /// <summary>One revision, or null.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="like">A policy to share memory with, where the two have rules in common.</param>
    public Revision? Find(long number, PolicyDocument? like = null) => Read("WHERE number = $number", number, "text, frame, rules", like).FirstOrDefault();

    /// <summary>Revisions below a number, newest first, without their texts.</summary>
    public IReadOnlyList<Revision> List(long below, int limit) =>
        Read("WHERE number < $number ORDER BY number DESC LIMIT " + limit.ToString(System.Globalization.CultureInfo.InvariantCulture), below, "'', NULL, NULL", null);

    private List<Revision> Read(string where, long number, string columns, PolicyDocument? like)
    {
        using var connection = database.Open();
        using var command = Database.Command(connection, $"SELECT number, at, author, comment, {columns} FROM revisions {where}", ("$number", number));
        using var reader = command.ExecuteReader();
        var revisions = new List<Revision>();
        while (reader.Read())
        {
            var document = reader.IsDBNull(5) ? null : _packed.Read(connection, reader.GetString(5), reader.IsDBNull(6) ? [] : reader.GetFieldValue<byte[]>(6), like);
            revisions.Add(new Revision(reader.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), document));
        }

        return revisions;
    }
}

/// <summary>A stored revision of the policy.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it was written.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Comment">Why.</param>
/// <param name="Text">The whole policy as it was written, YAML; empty in lists, and where <paramref name="Document"/> was made by an edit.</param>
/// <param name="Document">The policy, where it is so large that it is not stored as text; null otherwise.</param>
public sealed record Revision(long Number, DateTimeOffset At, string Author, string Comment, string Text, PolicyDocument? Document = null)
{
    /// <summary>The whole policy, YAML.</summary>
    public string WholeText => Document is not null && Text.Length == 0 ? PolicyWriter.Write(Document) : Text;

    /// <summary>The policy; problems of a text are added to the list.</summary>
    public PolicyDocument Read(List<TextProblem> problems) => Document ?? PolicyReader.Read(Text, problems);
}
