namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>Keys and roles of the files that AWS's tools share.</summary>
public sealed class ProfileTests : ChildTest
{
    [Fact]
    public async Task The_profile_that_is_named_gives_its_keys() =>
        AssertCalledAs(Own, await CallAsync(Files(credentials: $"[default]\n{Keys("999999999999")}\n[guard]\n{Keys(Own)}", profile: "guard")));

    [Fact]
    public async Task Where_none_is_named_it_is_the_default() => AssertCalledAs(Own, await CallAsync(Files(credentials: $"[default]\n{Keys(Own)}")));

    [Fact]
    public async Task A_profile_of_the_config_file_will_do() => AssertCalledAs(Own, await CallAsync(Files(config: $"[profile guard]\nregion = eu-west-1\n{Keys(Own)}", profile: "guard")));

    [Fact]
    public async Task A_role_is_taken_on_with_the_keys_of_its_source()
    {
        Fake.Faults.ExternalIds[Spoke] = "the-id";
        var role = $"[profile spoke]\nrole_arn = arn:aws:iam::{Spoke}:role/Guard\nsource_profile = hub\nexternal_id = the-id\nrole_session_name = node-7";

        AssertCalledAs(Spoke, await CallAsync(Files($"[hub]\n{Keys(Own)}", role, "spoke")));

        Assert.Equal(new(Own, $"arn:aws:iam::{Spoke}:role/Guard", "node-7"), Assert.Single(Fake.Sts.Sessions));
    }

    [Fact]
    public async Task A_role_of_a_profile_may_lead_to_the_role_of_another_account()
    {
        var role = $"[profile hub]\nrole_arn = arn:aws:iam::{Metadata.Account}:role/Hub\nsource_profile = keys\n[profile keys]\n{Keys(Own)}";

        AssertCalledAs(Spoke, await CallAsync(Files(config: role, profile: "hub"), options => options with { RoleArn = $"arn:aws:iam::{Spoke}:role/Spoke" }));

        Assert.Equal([Own, Metadata.Account], Fake.Sts.Sessions.Select(session => session.Caller));
    }

    [Fact]
    public async Task A_role_may_stand_on_the_instances_keys()
    {
        var environment = Files(config: $"[default]\nrole_arn = arn:aws:iam::{Spoke}:role/Guard\ncredential_source = Ec2InstanceMetadata");
        foreach (var (name, value) in OnInstance)
            environment[name] = value;

        AssertCalledAs(Spoke, await CallAsync(environment));

        Assert.Equal(Metadata.Account, Assert.Single(Fake.Sts.Sessions).Caller);
    }

    [Fact]
    public async Task A_web_identity_may_stand_in_a_profile()
    {
        var token = Write("token", Fake.Sts.WebToken);
        AssertCalledAs(Spoke, await CallAsync(Files(config: $"[default]\nrole_arn = arn:aws:iam::{Spoke}:role/Guard\nweb_identity_token_file = {token}")));
    }

    [Fact]
    public async Task A_program_may_give_the_keys()
    {
        var script = Write("keys.sh", $$"""echo '{"Version":1,"AccessKeyId":"AKID{{Own}}","SecretAccessKey":"secret"}'""");
        AssertCalledAs(Own, await CallAsync(Files(config: $"[default]\ncredential_process = /bin/sh {script}")));
    }

    [Fact]
    public async Task Expired_keys_of_a_file_that_was_written_again_are_read_again()
    {
        var child = Start(Files(credentials: Session()));
        AssertCalledAs(Own, await child.CallAsync());
        Fake.Keys.ExpireAll();
        Write("credentials", Session());

        AssertCalledAs(Own, await child.CallAsync());

        string Session() => $"[default]\n{Keys(Own)}aws_session_token = {Fake.Keys.Issue(Own).Token}\n";
    }

    [Fact]
    public async Task A_profile_that_is_named_and_not_there_is_said_and_nobody_elses_rights_are_taken()
    {
        var environment = Files(credentials: $"[default]\n{Keys(Own)}", profile: "gone");
        foreach (var (name, value) in OnInstance)
            environment[name] = value;

        AssertDenied(await CallAsync(environment), "'gone'");

        Assert.Empty(Metadata.Requests);
    }

    [Fact]
    public async Task Profiles_that_lead_in_a_circle_are_refused() =>
        AssertDenied(await CallAsync(Files(config: $"[profile a]\nrole_arn = arn:aws:iam::{Spoke}:role/A\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::{Spoke}:role/B\nsource_profile = a", profile: "a")), "'a'");

    private static string Keys(string account) => $"aws_access_key_id = AKID{account}\naws_secret_access_key = secret\n";

    private Dictionary<string, string> Files(string credentials = "", string config = "", string? profile = null)
    {
        var environment = new Dictionary<string, string> { ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Home, "credentials"), ["AWS_CONFIG_FILE"] = Path.Combine(Home, "config") };
        if (credentials.Length > 0)
            Write("credentials", credentials);
        if (config.Length > 0)
            Write("config", config);
        if (profile is not null)
            environment["AWS_PROFILE"] = profile;
        return environment;
    }
}
