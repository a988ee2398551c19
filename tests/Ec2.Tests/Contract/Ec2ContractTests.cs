using System.Xml.Linq;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Contract;

/// <summary>The check that stands in front of all the others: a mistake of each kind is planted, and must be found.</summary>
public sealed class Ec2ContractTests
{
    private const string Modify = "Action=ModifyManagedPrefixList&Version=2016-11-15&PrefixListId=pl-1&CurrentVersion=1&AddEntry.1.Cidr=192.0.2.1/32&AddEntry.1.Description=a";

    [Theory]
    [InlineData(Modify)]
    [InlineData("Action=DescribeManagedPrefixLists&Version=2016-11-15&Filter.1.Name=tag:a&Filter.1.Value.1=b&MaxResults=100")]
    [InlineData("Action=AuthorizeSecurityGroupEgress&Version=2016-11-15&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=443&IpPermissions.1.ToPort=443&IpPermissions.1.IpRanges.1.CidrIp=192.0.2.1/32&TagSpecification.1.ResourceType=security-group-rule&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b")]
    public void What_is_right_passes(string form) => Assert.Empty(Ec2Contract.Instance.CheckRequest(Fields(form)));

    [Theory]
    [InlineData("Action=NoSuchThing&Version=2016-11-15", "no action")]
    [InlineData("Action=DescribeVpcs&Version=2014-02-01", "Version")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&VpcIds.1=vpc-1", "no VpcIds")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&VpcId.0=vpc-1", "numbered from 1")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1&VpcId.3=vpc-3", "numbered from 1")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&VpcId=vpc-1", "is a list")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1&VpcId.1=vpc-2", "twice")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&MaxResults=2000", "above 1000")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&MaxResults=4", "below 5")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&MaxResults=many", "no integer")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&DryRun=True", "no boolean")]
    [InlineData("Action=DescribeVpcs&Version=2016-11-15&MaxResults.1=5", "is a value")]
    [InlineData("Action=ModifyManagedPrefixList&Version=2016-11-15&CurrentVersion=1", "lacks PrefixListId")]
    [InlineData(Modify + "&AddEntry.2.Description=b", "lacks Cidr")]
    [InlineData(Modify + "&AddEntries.1.Cidr=b", "no AddEntries")]
    [InlineData("Action=CreateNetworkAclEntry&Version=2016-11-15&NetworkAclId=acl-1&RuleNumber=1&Protocol=-1&Egress=true&RuleAction=permit", "may not be 'permit'")]
    public void A_mistake_in_a_request_is_found(string form, string expected) =>
        Assert.Contains(Ec2Contract.Instance.CheckRequest(Fields(form)), wrong => wrong.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void More_members_than_a_list_may_have_are_found()
    {
        var form = "Action=ModifyManagedPrefixList&Version=2016-11-15&PrefixListId=pl-1" + string.Concat(Enumerable.Range(1, 101).Select(i => $"&RemoveEntry.{i}.Cidr=192.0.2.{i}/32"));
        Assert.Contains(Ec2Contract.Instance.CheckRequest(Fields(form)), wrong => wrong.Contains("more than 100", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<DescribeVpcsResponse><requestId>1</requestId><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item></vpcSet></DescribeVpcsResponse>", null)]
    [InlineData("<DescribeVpcResponse/>", "is called")]
    [InlineData("<DescribeVpcsResponse><vpcs/></DescribeVpcsResponse>", "no vpcs")]
    [InlineData("<DescribeVpcsResponse><vpcSet><member/></vpcSet></DescribeVpcsResponse>", "called item")]
    [InlineData("<DescribeVpcsResponse><vpcSet><item><id>vpc-1</id></item></vpcSet></DescribeVpcsResponse>", "no id")]
    [InlineData("<DescribeVpcsResponse><vpcSet><item><isDefault>yes</isDefault></item></vpcSet></DescribeVpcsResponse>", "no boolean")]
    [InlineData("<DescribeVpcsResponse><vpcSet><item><state>gone</state></item></vpcSet></DescribeVpcsResponse>", "may not be 'gone'")]
    [InlineData("<DescribeVpcsResponse><vpcSet><item><vpcId><a/></vpcId></item></vpcSet></DescribeVpcsResponse>", "is a value")]
    [InlineData("<DescribeVpcsResponse><vpcSet><item>vpc-1</item></vpcSet></DescribeVpcsResponse>", "is a structure")]
    public void A_mistake_in_an_answer_is_found(string answer, string? expected)
    {
        var wrong = Ec2Contract.Instance.CheckAnswer("DescribeVpcs", XElement.Parse(answer));
        if (expected is null)
            Assert.Empty(wrong);
        else
            Assert.Contains(wrong, one => one.Contains(expected, StringComparison.Ordinal));
    }

    private static List<KeyValuePair<string, string>> Fields(string form) => [.. form.Split('&').Select(field => KeyValuePair.Create(field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
