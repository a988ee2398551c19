using System.Globalization;
using System.Xml.Linq;

namespace DnsGuard.Ec2.Calls;

/// <summary>An answer of EC2, or a part of one: elements by name, whatever their namespace.</summary>
public readonly struct Reply
{
    private readonly XElement? _element;

    internal Reply(XElement? element) => _element = element;

    /// <summary>A part; what is not there has no parts either.</summary>
    public Reply this[string name] => new(_element?.Elements().FirstOrDefault(child => child.Name.LocalName == name));

    /// <summary>The members of a list.</summary>
    public IEnumerable<Reply> Items(string name) => this[name]._element?.Elements().Where(child => child.Name.LocalName == "item").Select(child => new Reply(child)) ?? [];

    /// <summary>Its text; null where it is not there or empty.</summary>
    public string? Text => string.IsNullOrEmpty(_element?.Value) ? null : _element.Value;

    /// <summary>Its text.</summary>
    /// <exception cref="UnknownOutcomeException">It is not there: the answer is not what the API promises.</exception>
    public string Required => Text ?? throw new UnknownOutcomeException("EC2's answer lacks a field that it always has");

    /// <summary>Its number; null where there is none.</summary>
    public long? Number => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Is it "true"?</summary>
    public bool IsTrue => Text == "true";

    /// <summary>The tags of a resource.</summary>
    public IReadOnlyDictionary<string, string> Tags =>
        Items("tagSet").GroupBy(tag => tag["key"].Text ?? "").ToDictionary(tag => tag.Key, tag => tag.Last()["value"].Text ?? "", StringComparer.Ordinal);
}
