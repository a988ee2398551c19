using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>A role that somebody took on.</summary>
/// <param name="Caller">The account of the keys that asked; empty where it was a web identity.</param>
/// <param name="RoleArn">Which role.</param>
/// <param name="Name">What the session is called.</param>
public sealed record FakeSession(string Caller, string RoleArn, string Name);

/// <summary>Does as STS does: a role's keys belong to the role's account.</summary>
public sealed class FakeSts
{
    private static readonly XNamespace Sts = "https://sts.amazonaws.com/doc/2011-06-15/";

    private readonly FakeKeys _keys;
    private readonly FakeFaults _faults;
    private readonly List<FakeSession> _sessions = [];
    private readonly Lock _lock = new();

    internal FakeSts(FakeKeys keys, FakeFaults faults) => (_keys, _faults) = (keys, faults);

    /// <summary>The web identity that roles trust.</summary>
    public string WebToken { get; set; } = "web-token";

    /// <summary>Roles that were given, in turn.</summary>
    public IReadOnlyList<FakeSession> Sessions
    {
        get
        {
            lock (_lock)
                return [.. _sessions];
        }
    }

    /// <summary>Answers; null where an action is none of STS's.</summary>
    internal (int Status, XElement Body)? Do(string action, string caller, string token, Dictionary<string, string> form) => action switch
    {
        "AssumeRole" when caller.Length == 0 => Refuse(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        "AssumeRole" when !_keys.Holds(token) => Refuse(403, "ExpiredToken", "The security token included in the request is expired"),
        "AssumeRole" when _faults.ExternalIds.TryGetValue(Account(form), out var wanted) && form.GetValueOrDefault("ExternalId") != wanted => Refuse(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"),
        "AssumeRoleWithWebIdentity" when caller.Length > 0 => Refuse(400, "ValidationError", "a web identity does not sign"),
        "AssumeRoleWithWebIdentity" when form["WebIdentityToken"] != WebToken => Refuse(400, "InvalidIdentityToken", "No OpenIDConnect provider found"),
        "AssumeRole" or "AssumeRoleWithWebIdentity" => (200, Give(action, caller, form)),
        _ => null,
    };

    // arn:aws:iam::222222222222:role/name
    private static string Account(Dictionary<string, string> form) => form["RoleArn"].Split(':')[4];

    internal static (int Status, XElement Body) Refuse(int status, string code, string message) => (status, new XElement(
        Sts + "ErrorResponse", new XElement(Sts + "Error", new XElement(Sts + "Type", "Sender"), new XElement(Sts + "Code", code), new XElement(Sts + "Message", message)), new XElement(Sts + "RequestId", Guid.NewGuid())));

    private XElement Give(string action, string caller, Dictionary<string, string> form)
    {
        var keys = _keys.Issue(Account(form));
        lock (_lock)
            _sessions.Add(new FakeSession(caller, form["RoleArn"], form["RoleSessionName"]));
        return new XElement(
            Sts + $"{action}Response",
            new XElement(
                Sts + $"{action}Result",
                new XElement(
                    Sts + "Credentials", new XElement(Sts + "AccessKeyId", keys.AccessKey), new XElement(Sts + "SecretAccessKey", keys.Secret), new XElement(Sts + "SessionToken", keys.Token),
                    new XElement(Sts + "Expiration", keys.Expiration)),
                new XElement(Sts + "AssumedRoleUser", new XElement(Sts + "Arn", form["RoleArn"]), new XElement(Sts + "AssumedRoleId", "AROA:dnsguard"))));
    }
}
