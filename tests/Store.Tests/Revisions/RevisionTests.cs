namespace DnsGuard.Store.Tests.Revisions;

public sealed class RevisionTests : StoreTest
{
    private RevisionStore Store => field ??= new RevisionStore(Control, Clock);

    [Fact]
    public void Before_the_first_there_is_none()
    {
        Assert.Null(Store.Newest());
        Assert.Null(Store.Find(1));
        Assert.Empty(Store.List(long.MaxValue, 10));
    }

    [Theory]
    [InlineData("apiVersion: dnsguard/v1\n# a note\n")]
    [InlineData("")]
    [InlineData("'; DROP TABLE revisions; --")]
    [InlineData("\u0000\u0001\u0085\u2028\uFEFF😀")]
    public void A_revision_is_read_back_as_it_was_written(string text)
    {
        Assert.True(Store.Append(1, text, "author " + text, "comment " + text));

        Assert.Equal(new Revision(1, Clock.GetUtcNow(), "author " + text, "comment " + text, text), Store.Newest());
        Assert.Equal(Store.Newest(), Store.Find(1));
    }

    [Fact]
    public void A_revision_that_somebody_else_wrote_first_is_refused()
    {
        Assert.True(Store.Append(1, "theirs", "them", ""));

        Assert.False(Store.Append(1, "mine", "me", ""));

        Assert.Equal("theirs", Store.Find(1)!.Text);
    }

    [Fact]
    public void Of_many_who_write_one_number_at_once_exactly_one_succeeds()
    {
        var others = new RevisionStore(new Database(Control.Path, "control"), Clock);
        for (var number = 1; number <= 10; number++)
        {
            var accepted = 0;
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, writer =>
            {
                if ((writer % 2 == 0 ? Store : others).Append(number, $"{writer}", "", ""))
                    Interlocked.Increment(ref accepted);
            });
            Assert.Equal(1, accepted);
        }
    }

    [Fact]
    public void A_large_policy_fits()
    {
        var text = new string('x', 60 << 20);

        Store.Append(1, text, "me", "");

        Assert.Equal(text, Store.Newest()!.Text);
    }

    [Fact]
    public void Pages_go_from_the_newest_down_without_texts()
    {
        for (var number = 1; number <= 7; number++)
            Store.Append(number, "text", "me", "");

        var first = Store.List(long.MaxValue, 3);
        var second = Store.List(first[^1].Number, 3);
        var third = Store.List(second[^1].Number, 3);

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], first.Concat(second).Concat(third).Select(revision => revision.Number));
        Assert.All(first, revision => Assert.Empty(revision.Text));
    }
}
