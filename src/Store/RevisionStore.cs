using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>Numbered revisions of the policy; every one is kept.</summary>
public sealed class RevisionStore(Database database, TimeProvider time)
{
    private const int UniqueViolation = 19;

    /// <summary>Appends a revision. When this returns true it is on disk.</summary>
    /// <param name="number">One more than the revision it builds on.</param>
    /// <param name="text">The whole policy.</param>
    /// <param name="author">Who wrote it.</param>
    /// <param name="comment">Why.</param>
    /// <returns>False where somebody else has already written that number.</returns>
    /// <exception cref="StoreException">It could not be written; nothing was changed.</exception>
    public bool Append(long number, string text, string author, string comment)
    {
        try
        {
            using var connection = database.Open();
            Database.Execute(
                connection,
                "INSERT INTO revisions (number, at, author, comment, text) VALUES ($number, $at, $author, $comment, $text)",
                ("$number", number), ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$author", author), ("$comment", comment), ("$text", text));
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

    /// <summary>The newest revision, or null before the first.</summary>
    public Revision? Newest() => Read("ORDER BY number DESC LIMIT 1", 0).FirstOrDefault();

    /// <summary>One revision, or null.</summary>
    public Revision? Find(long number) => Read("WHERE number = $number", number).FirstOrDefault();

    /// <summary>Revisions below a number, newest first, without their texts.</summary>
    public IReadOnlyList<Revision> List(long below, int limit) =>
        [.. Read("WHERE number < $number ORDER BY number DESC LIMIT " + limit.ToString(System.Globalization.CultureInfo.InvariantCulture), below).Select(revision => revision with { Text = "" })];

    private List<Revision> Read(string where, long number)
    {
        using var connection = database.Open();
        using var command = Database.Command(connection, $"SELECT number, at, author, comment, text FROM revisions {where}", ("$number", number));
        using var reader = command.ExecuteReader();
        var revisions = new List<Revision>();
        while (reader.Read())
            revisions.Add(new Revision(reader.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4)));
        return revisions;
    }
}

/// <summary>A stored text of the policy.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it was written.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Comment">Why.</param>
/// <param name="Text">The whole policy, YAML; empty in lists.</param>
public sealed record Revision(long Number, DateTimeOffset At, string Author, string Comment, string Text);
