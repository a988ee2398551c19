using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DnsGuard.Host.Tests.Packaging;

/// <summary>An image in OCI layout, read as the specification says, with every digest and size compared.</summary>
internal static class ImageFiles
{
    /// <summary>Puts the layers on top of each other; what the image says about itself.</summary>
    public static async Task<JsonNode> UnpackAsync(PackageFiles files, string root, int layers = int.MaxValue)
    {
        Assert.Equal("1.0.0", (string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(files.Layout, "oci-layout")))!["imageLayoutVersion"]!);
        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(files.Layout, "index.json")))!;
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Blob(files, index["manifests"]!.AsArray().Single()!, "application/vnd.oci.image.manifest.v1+json")))!;
        var image = JsonNode.Parse(await File.ReadAllTextAsync(Blob(files, manifest["config"]!, "application/vnd.oci.image.config.v1+json")))!;
        var diffs = image["rootfs"]!["diff_ids"]!.AsArray();
        Assert.Equal(diffs.Count, manifest["layers"]!.AsArray().Count);
        Directory.CreateDirectory(root);
        foreach (var (layer, diff) in manifest["layers"]!.AsArray().Zip(diffs).Take(layers))
        {
            var tar = Path.Combine(files.Folder, "layer.tar");
            await PackageFiles.RunAsync("sh", "-c", $"gzip -dc {Blob(files, layer!, "application/vnd.oci.image.layer.v1.tar+gzip")} > {tar}");
            Assert.Equal((string)diff!, Digest(tar));
            await PackageFiles.RunAsync("tar", "--keep-directory-symlink", "-xpf", tar, "-C", root);
            File.Delete(tar);
        }

        return image["config"]!;
    }

    private static string Blob(PackageFiles files, JsonNode descriptor, string mediaType)
    {
        var digest = (string)descriptor["digest"]!;
        var path = Path.Combine(files.Layout, "blobs", digest.Replace(':', '/'));
        Assert.Equal((digest, (long)descriptor["size"]!, mediaType), (Digest(path), new FileInfo(path).Length, (string)descriptor["mediaType"]!));
        return path;
    }

    private static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(file))}";
    }
}
