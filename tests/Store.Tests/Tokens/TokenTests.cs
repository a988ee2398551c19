using System.Text;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store.Tests.Tokens;

public sealed class TokenTests : StoreTest
{
    private TokenStore Store => field ??= new TokenStore(Control, Clock);

    [Fact]
    public void A_secret_finds_its_token()
    {
        var (token, secret) = Store.Create("ci", ["policy:read", "policy:write"], null);
        Store.Create("other", ["admin"], null);

        var found = Store.Find(secret);

        Assert.Equal((token.Id, "ci", null), (found!.Id, found.Name, found.Expires));
        Assert.Equal(["policy:read", "policy:write"], found.Scopes);
        Assert.Equal(2, Store.List().Count);
        Assert.True(Store.Any());
    }

    [Fact]
    public void Secrets_are_long_and_never_the_same()
    {
        var secrets = Enumerable.Range(0, 50).Select(_ => Store.Create("ci", ["admin"], null).Secret).ToList();

        Assert.All(secrets, secret => Assert.Matches("^dg_[A-Za-z0-9_-]{43}$", secret));
        Assert.Equal(50, secrets.Distinct().Count());
    }

    [Fact]
    public void No_secret_is_in_any_file()
    {
        var secrets = Enumerable.Range(0, 5).Select(_ => Store.Create("ci", ["admin"], null).Secret).ToList();
        SqliteConnection.ClearAllPools();

        // Text and its random octets alike.
        foreach (var octets in Directory.GetFiles(Folder.Path).Select(File.ReadAllBytes))
        {
            Assert.All(secrets, secret => Assert.Equal(-1, octets.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret[3..]))));
            Assert.All(secrets, secret => Assert.Equal(-1, octets.AsSpan().IndexOf(System.Buffers.Text.Base64Url.DecodeFromChars(secret.AsSpan(3)))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("dg_")]
    [InlineData("dg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    [InlineData("\ud800")]
    public void A_wrong_secret_finds_nothing(string secret)
    {
        Store.Create("ci", ["admin"], null);

        Assert.Null(Store.Find(secret));
    }

    [Fact]
    public void A_secret_with_anything_changed_finds_nothing()
    {
        var (_, secret) = Store.Create("ci", ["admin"], null);

        Assert.Null(Store.Find(secret + " "));
        Assert.Null(Store.Find(secret[..^1]));
        Assert.Null(Store.Find(secret.ToUpperInvariant()));
        Assert.Null(Store.Find(secret[3..]));
    }

    [Fact]
    public void A_token_is_good_until_the_very_moment_it_expires()
    {
        var (_, secret) = Store.Create("ci", ["admin"], Clock.GetUtcNow().AddHours(1));

        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(Store.Find(secret));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(Store.Find(secret));
    }

    [Fact]
    public void A_revoked_token_is_no_longer_good_and_still_counts_as_made()
    {
        var (token, secret) = Store.Create("ci", ["admin"], null);

        Assert.True(Store.Revoke(token.Id));

        Assert.Null(Store.Find(secret));
        Assert.False(Store.Revoke(token.Id));
        Assert.True(Store.Any());
        Assert.Equal(Clock.GetUtcNow(), Store.List().Single().Revoked);
    }

    [Fact]
    public void Revoking_what_does_not_exist_changes_nothing()
    {
        var (_, secret) = Store.Create("ci", ["admin"], null);

        Assert.False(Store.Revoke("t-0000000000"));
        Assert.NotNull(Store.Find(secret));
    }

    [Fact]
    public void Before_the_first_there_is_none()
    {
        Assert.False(Store.Any());
        Assert.Empty(Store.List());
    }
}
