namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>No keys, wrong keys, keys that are over.</summary>
public sealed class NoCredentialsTests : ChildTest
{
    private const string Sentence = "no credentials: AWS_ACCESS_KEY_ID is not set, AWS_WEB_IDENTITY_TOKEN_FILE is not set, there is no profile 'default', "
        + "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set, and AWS_EC2_METADATA_DISABLED is true";

    [Fact]
    public async Task Where_there_are_none_one_sentence_says_where_they_were_looked_for()
    {
        var answer = await CallAsync([]);
        AssertDenied(answer);
        Assert.Equal(Sentence, answer.Message);
        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public async Task Whoever_would_take_on_a_role_without_any_is_told_the_same() =>
        Assert.Equal(Sentence, (await CallAsync([], options => options with { RoleArn = $"arn:aws:iam::{Spoke}:role/Spoke" })).Message);

    [Fact]
    public async Task Where_the_metadata_service_is_not_there_either_it_says_so_within_the_deadline()
    {
        var answer = await CallAsync(new() { ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1/" }, options => options with { Deadline = TimeSpan.FromSeconds(3) });
        AssertDenied(answer, "AWS_ACCESS_KEY_ID", "'default'", "http://127.0.0.1:1/");
        Assert.InRange(answer.Seconds, 0, 8);
    }

    [Fact]
    public async Task They_are_found_as_soon_as_there_are_some()
    {
        var child = Start(new() { ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Home, "credentials") });
        AssertDenied(await child.CallAsync());
        Write("credentials", $"[default]\naws_access_key_id = AKID{Own}\naws_secret_access_key = secret\n");

        AssertCalledAs(Own, await child.CallAsync());
    }

    [Fact]
    public async Task Wrong_keys_are_a_refusal_and_are_not_tried_again()
    {
        AssertDenied(await CallAsync(Keys("WRONG")), "not able to validate");
        Assert.Single(Fake.Calls);
    }

    [Fact]
    public async Task Half_a_pair_of_keys_is_no_pair() =>
        AssertDenied(await CallAsync(new() { ["AWS_ACCESS_KEY_ID"] = $"AKID{Own}" }), "AWS_SECRET_ACCESS_KEY");

    [Fact]
    public async Task Expired_keys_of_the_environment_cannot_be_renewed_and_are_not_tried_again()
    {
        var environment = Keys($"AKID{Own}");
        environment["AWS_SESSION_TOKEN"] = "of-yesterday";
        AssertDenied(await CallAsync(environment), "Request has expired");
        Assert.Single(Fake.Calls);
    }

    private static Dictionary<string, string> Keys(string accessKey) => new() { ["AWS_ACCESS_KEY_ID"] = accessKey, ["AWS_SECRET_ACCESS_KEY"] = "secret" };
}
