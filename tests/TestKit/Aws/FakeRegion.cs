using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>What one account has in one region. Tests set it up and look at it through the properties; EC2's clients through the API.</summary>
public sealed class FakeRegion
{
    private readonly Lock _lock = new();
    private readonly FakePrefixLists _lists;
    private readonly FakeSecurityGroups _groups;

    internal FakeRegion(string account, string name, TimeProvider time, FakeFaults faults)
    {
        (Account, Name) = (account, name);
        _lists = new FakePrefixLists(this, time, faults);
        _groups = new FakeSecurityGroups(this, time, faults);
        Networks = new FakeNetworks(faults);
    }

    /// <summary>One without a server before it.</summary>
    public static FakeRegion Alone(TimeProvider time) => new("111111111111", "eu-west-1", time, new FakeFaults(time));

    /// <summary>The account.</summary>
    public string Account { get; }

    /// <summary>The region.</summary>
    public string Name { get; }

    /// <summary>Its prefix lists.</summary>
    public FakePrefixLists PrefixLists => _lists;

    /// <summary>Its security groups.</summary>
    public FakeSecurityGroups SecurityGroups => _groups;

    /// <summary>Its networks.</summary>
    public FakeNetworks Networks { get; }

    /// <summary>Does an action without a server between, for simulations that go through years.</summary>
    /// <returns>The answer's root, or the code and words of a refusal.</returns>
    public (XElement? Root, string Code, string Message) Answer(string action, IReadOnlyDictionary<string, string> form)
    {
        try
        {
            return (new XElement($"{action}Response", Do(action, new FakeForm(form))), "", "");
        }
        catch (FakeRefusal refusal)
        {
            return (null, refusal.Code, refusal.Message);
        }
    }

    internal IEnumerable<XElement> Do(string action, FakeForm form)
    {
        lock (_lock)
        {
            return (_lists.TryDo(action, form) ?? _groups.TryDo(action, form) ?? Networks.TryDo(action, form) ?? throw new FakeRefusal("InvalidAction", $"The action {action} is not valid for this web service.")).ToList();
        }
    }

    // Members of a page and what asks for the next one.
    internal static IEnumerable<XElement> Page(string list, IReadOnlyList<XElement> members, FakeForm form, int usual)
    {
        var size = form.Number("MaxResults") ?? usual;
        var from = form["NextToken"] is { } token ? int.Parse(token.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        yield return new XElement(list, members.Skip(from).Take(size));
        if (from + size < members.Count)
            yield return new XElement("nextToken", string.Create(CultureInfo.InvariantCulture, $"page-{from + size}"));
    }

    internal static XElement Tags(IReadOnlyDictionary<string, string> tags) => new("tagSet", tags.Select(tag => new XElement("item", new XElement("key", tag.Key), new XElement("value", tag.Value))));

    internal static string Id(string kind) => $"{kind}-{Guid.NewGuid():N}"[..(kind.Length + 18)];

    // EC2 keeps prefixes, not hosts within them, and spells IPv6 as RFC 5952 does.
    internal static string Canonical(string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out var network))
        {
            var parts = cidr.Split('/');
            if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out var address) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > (address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128))
                throw new FakeRefusal("InvalidParameterValue", $"CIDR block {cidr} is malformed");
            var octets = address.GetAddressBytes();
            for (var bit = length; bit < octets.Length * 8; bit++)
                octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            network = new IPNetwork(new IPAddress(octets), length);
        }

        return network.ToString();
    }

    internal static bool IsIPv6(string cidr) => cidr.Contains(':', StringComparison.Ordinal);

    internal static string? Described(string? description)
    {
        if (description is { Length: > 255 })
            throw new FakeRefusal("InvalidParameterValue", "Descriptions may not be longer than 255 characters");
        if (description is not null && description.Any(character => !char.IsAsciiLetterOrDigit(character) && !" ._-:/()#,@[]+=;{}!$*".Contains(character, StringComparison.Ordinal)))
            throw new FakeRefusal("InvalidParameterValue", "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
        return description;
    }
}
