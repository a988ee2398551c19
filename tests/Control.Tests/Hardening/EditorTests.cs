using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace DnsGuard.Control.Tests.Hardening;

/// <summary>Many editors at once, each building on what it read.</summary>
public sealed class EditorTests : ControlTest
{
    private const int Editors = 200;

    [Fact]
    public async Task Two_hundred_editors_who_say_what_they_build_on_lose_no_update()
    {
        var refused = await Task.WhenAll(Enumerable.Range(0, Editors).Select(EditUntilDoneAsync));

        var owner = Node.Live.Current.Document.Groups.Single(group => group.Name == "build").Comment!;
        // A counter that each read, raised and wrote: a lost update would show as a lower count.
        Assert.Equal(Editors, int.Parse(owner, CultureInfo.InvariantCulture));
        Assert.Equal(Editors + 1, Node.Live.Current.Revision);
        Assert.Equal(Editors + 1, Node.Revisions.List(long.MaxValue, 1_000).Count);
        Assert.True(refused.Sum() > 0, "they never met");
    }

    [Fact]
    public async Task Two_hundred_editors_who_add_on_top_of_whatever_is_there_are_all_taken()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, Editors).Select(number => Api.EditAsync("POST", "/groups/build/rules", $$"""{"allow": "e{{number}}.example.com"}""")));

        Assert.All(replies, reply => reply.Expect(HttpStatusCode.Created));
        Assert.Equal(Enumerable.Range(2, Editors), replies.Select(reply => (int)reply.Json["revision"]!).Order());
        Assert.Equal(Editors + 2, Node.Live.Current.Document.Groups.Single(group => group.Name == "build").Rules.Count);
    }

    // How often somebody else was faster.
    private async Task<int> EditUntilDoneAsync(int editor)
    {
        for (var refused = 0; ; refused++)
        {
            var read = (await Api.GetAsync("/groups/build")).Expect(HttpStatusCode.OK);
            var count = int.Parse((string?)read.Json["comment"] ?? "0", CultureInfo.InvariantCulture);
            var change = new JsonObject { ["comment"] = (count + 1).ToString(CultureInfo.InvariantCulture) };
            var reply = await Api.EditAsync("PATCH", "/groups/build", change.ToJsonString(), read.ETag!, "application/merge-patch+json");
            if (reply.Status is HttpStatusCode.OK)
                return refused;
            reply.Expect(HttpStatusCode.PreconditionFailed, "stale");
        }
    }
}
