using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Tags given to a resource as it is made: there is no moment at which it is nobody's.</summary>
internal static class Tagging
{
    public static QueryForm TagSpecification(this QueryForm form, string resourceType, IEnumerable<KeyValuePair<string, string>> tags) =>
        form.List("TagSpecification", [resourceType], (member, type) => member.Set("ResourceType", type).List("Tag", tags, static (tag, pair) => tag.Set("Key", pair.Key).Set("Value", pair.Value)));
}
