using System.Globalization;
using System.Text;

namespace DnsGuard.Lab;

/// <summary>Edits a policy as fast as it goes, and prints what was acknowledged; ends when the server is gone, or at its bound.</summary>
internal static class Burst
{
    private const int Most = 5_000;

    public static async Task<int> RunAsync(string server, string group)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server), Timeout = TimeSpan.FromSeconds(5) };
        for (var i = 0; i < Most; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/groups/{group}/rules");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            var id = string.Create(CultureInfo.InvariantCulture, $"burst-{i}");
            request.Content = new StringContent($$"""{"id": "{{id}}", "allow": "{{id}}.shop.lab"}""", Encoding.UTF8, "application/json");
            try
            {
                using var response = await http.SendAsync(request);
                if (response.IsSuccessStatusCode)
                    Console.WriteLine(id);
            }
            catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException)
            {
                break;
            }
        }

        Console.WriteLine("done");
        return 0;
    }
}
