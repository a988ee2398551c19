namespace DnsGuard.Store.Tests.Audit;

public sealed class AuditTests : StoreTest
{
    private AuditLog Log => field ??= new AuditLog(Control, Clock);

    [Fact]
    public void Entries_are_listed_newest_first()
    {
        Write(5);

        Assert.Equal([5L, 4L], Log.List(long.MaxValue, 2).Select(entry => entry.Id));
        Assert.Equal([3L, 2L, 1L], Log.List(4, 10).Select(entry => entry.Id));
        Assert.Null(Log.FirstBroken());
    }

    [Fact]
    public void An_empty_log_is_whole() => Assert.Null(Log.FirstBroken());

    [Theory]
    [InlineData("UPDATE audit_log SET actor = 'nobody' WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET source = '10.0.0.1' WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET action = 'GET /' WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET detail = '403' WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET at = at - 1 WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET hash = x'00' WHERE id = 3", 3)]
    [InlineData("UPDATE audit_log SET actor = actor || ' ', source = substr(source, 2) WHERE id = 3", 3)]
    [InlineData("DELETE FROM audit_log WHERE id = 1", 2)]
    [InlineData("DELETE FROM audit_log WHERE id = 3", 4)]
    [InlineData("UPDATE audit_log SET id = 10 WHERE id = 3", 4)]
    [InlineData("INSERT INTO audit_log (id, at, actor, source, action, detail, hash) SELECT 6, at, actor, source, action, detail, hash FROM audit_log WHERE id = 5", 6)]
    public void What_was_tampered_with_is_found(string sql, long broken)
    {
        Write(5);

        Sql(Control, sql);

        Assert.Equal(broken, Log.FirstBroken());
    }

    [Fact]
    public void Text_that_looks_like_the_border_between_two_fields_does_not_make_two_entries_equal()
    {
        Log.Append("a\n1:b", "c", "d", "e");
        var first = Log.List(long.MaxValue, 1).Single().Hash;
        Sql(Control, "DELETE FROM audit_log");

        Log.Append("a", "b\n1:c", "d", "e");

        Assert.NotEqual(first, Log.List(long.MaxValue, 1).Single().Hash);
    }

    [Theory]
    [InlineData("'; DELETE FROM audit_log; --")]
    [InlineData("line\nbreak\0\u2028\u001b[2J")]
    public void Hostile_text_is_kept_as_it_is(string text)
    {
        Log.Append(text, text, text, text);

        var entry = Log.List(long.MaxValue, 1).Single();
        Assert.Equal((text, text, text, text), (entry.Actor, entry.Source, entry.Action, entry.Detail));
        Assert.Null(Log.FirstBroken());
    }

    [Fact]
    public void Many_who_write_at_once_make_one_whole_chain()
    {
        var other = new AuditLog(new Database(Control.Path, "control"), Clock);

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index => (index % 2 == 0 ? Log : other).Append("me", "::1", "PUT /", $"{index}"));

        Assert.Equal(100, Log.List(long.MaxValue, 1_000).Count);
        Assert.Null(Log.FirstBroken());
    }

    private void Write(int count)
    {
        for (var index = 0; index < count; index++)
            Log.Append("me", "127.0.0.1", $"PUT /{index}", "200");
    }
}
