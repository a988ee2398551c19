namespace DnsGuard.Lab;

/// <summary>What the node under test is configured with.</summary>
internal static class Settings
{
    public const string Config = $"""
        resolver:
          listen: ["10.1.1.1:53", "10.1.2.1:53", "[fd10:1:1::1]:53", "[fd10:1:2::1]:53", "127.0.0.1:53"]
          clients: [10.1.0.0/16, "fd10::/16", 127.0.0.0/8]
          minTtl: 1s
          validate: false   # the lab's root is not signed
          rootHints: |
            . 3600 IN NS a.root.
            a.root. 3600 IN A {NameServers.Root}
        enforcement:
          targets:
            - name: gateway
              kind: nftables
              networks: [10.1.0.0/16, "fd10:1::/32"]
        control:
          listen: 127.0.0.1:8053
        store:
          directory: var
        log:
          directory: none
        policyFile: policy.yaml

        """;

    /// <summary>A node that shares the gateway with the first, enforces nothing, and is for what changes a server for good.</summary>
    public const string SideConfig = """
        resolver:
          listen: ["127.0.0.1:5354"]
        control:
          listen: 127.0.0.1:8054
        enforcement:
          targets:
            - name: feed
              kind: feed
        store:
          directory: var
        log:
          directory: none
        policyFile: policy.yaml

        """;

    public const string SidePolicy = """
        apiVersion: dnsguard/v1
        kind: Policy
        groups:
          default:
            rules:
              - allow: api.shop.lab

        """;

    public const string Policy = """
        apiVersion: dnsguard/v1
        kind: Policy
        lists:
          shop:
            rules:
              - allow: api.shop.lab
              - allow: www.shop.lab
              - allow: v6.shop.lab
              - allow: t-*.shop.lab
        groups:
          team-a:
            clients: [10.1.1.0/24, "fd10:1:1::/64"]
            lists: [shop]
            rules:
              - allow: big.shop.lab
              - allow: svc.shop.lab
              - allow: evil.shop.lab
              - allow: evil10.shop.lab
              - allow: evil6.shop.lab
              - allow: evilsvc.shop.lab
              - allow: mixed.shop.lab
              - { allow: port.shop.lab, ports: [tcp/8443] }
              - { allow: range.shop.lab, ports: [tcp/8000-9000] }
              - { allow: any.shop.lab, ports: [any] }
              - { allow: .bench.lab, ports: [tcp/443, udp/443] }
          team-b:
            clients: [10.1.2.0/24, "fd10:1:2::/64"]
            lists: [shop]
          auditors:
            comment: "10.1.1.65 at client A's place"
            clients: [10.1.1.64/26]
            mode: audit
            rules:
              - allow: api.shop.lab
          brief:
            comment: "10.1.1.130 at client A's place: grants end with the TTL and two seconds"
            clients: [10.1.1.128/26]
            grace: 2s
            rules:
              - allow: short.shop.lab
              - allow: t-*.shop.lab

        """;
}
