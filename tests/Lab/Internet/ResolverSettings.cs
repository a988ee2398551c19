namespace DnsGuard.Lab.Internet;

/// <summary>Writes a resolver's configuration, and says how to start it: the defaults, except for where the Internet begins.</summary>
internal sealed class ResolverSettings(string anchor)
{
    private const string Root4 = "93.9.0.1";
    private const string Root6 = "2a93:9::1";
    private const string OtherRoot4 = "93.9.0.2";

    private const string Hints = $"""
        . 3600 IN NS a.root.
        . 3600 IN NS b.root.
        a.root. 3600 IN A {Root4}
        a.root. 3600 IN AAAA {Root6}
        b.root. 3600 IN A {OtherRoot4}

        """;

    /// <summary>Everybody may ask for everything; what is answered is the resolver's matter alone.</summary>
    public const string GuardPolicy = """
        apiVersion: dnsguard/v1
        kind: Policy
        groups:
          default:
            mode: enforce
            rules:
              - allow: "*"
                confirm: everything
                private: allow
                types: [A, AAAA, CNAME, HTTPS, SVCB, TXT, MX, NS, SOA, DS, DNSKEY, SRV, CAA, DNAME, NSEC, NSEC3, NSEC3PARAM, RRSIG, PTR]

        """;

    /// <summary>Unbound.</summary>
    public IReadOnlyList<string> Unbound(Resolver resolver, string place)
    {
        File.WriteAllText(Path.Combine(place, "hints"), Hints);
        File.WriteAllText(Path.Combine(place, "unbound.conf"), $"""
            server:
              interface: {resolver.IPv4}
              outgoing-interface: {resolver.IPv4}
              outgoing-interface: {resolver.IPv6}
              access-control: 0.0.0.0/0 allow
              do-daemonize: no
              username: ""
              chroot: ""
              directory: "{place}"
              pidfile: "{place}/pid"
              use-syslog: no
              root-hints: "{place}/hints"
              trust-anchor: "{anchor}"
              val-log-level: 0
              num-threads: 1
            remote-control:
              control-enable: no

            """);
        return ["unbound", "-d", "-c", Path.Combine(place, "unbound.conf")];
    }

    /// <summary>Knot Resolver.</summary>
    public IReadOnlyList<string> Kresd(Resolver resolver, string place)
    {
        File.WriteAllText(Path.Combine(place, "kresd.conf"), $$"""
            net.listen('{{resolver.IPv4}}', 53, { kind = 'dns' })
            net.outgoing_v4('{{resolver.IPv4}}')
            net.outgoing_v6('{{resolver.IPv6}}')
            modules.load('hints > iterate')
            hints.root({ ['a.root.'] = { '{{Root4}}', '{{Root6}}' }, ['b.root.'] = { '{{OtherRoot4}}' } })
            modules.unload('ta_update')
            modules.unload('ta_signal_query')
            trust_anchors.remove('.')
            trust_anchors.add('{{anchor}}')
            cache.open(100 * MB, 'lmdb://{{place}}/cache')

            """);
        return ["kresd", "-n", "-q", "-c", Path.Combine(place, "kresd.conf"), place];
    }

    /// <summary>PowerDNS Recursor.</summary>
    public IReadOnlyList<string> PowerDns(Resolver resolver, string place)
    {
        File.WriteAllText(Path.Combine(place, "hints"), Hints);
        File.WriteAllText(Path.Combine(place, "start.lua"), $"clearDS(\".\")\naddDS(\".\", \"{anchor[(anchor.IndexOf("DS ", StringComparison.Ordinal) + 3)..]}\")\n");
        File.WriteAllText(Path.Combine(place, "recursor.conf"), $"""
            local-address={resolver.IPv4}
            query-local-address={resolver.IPv4}, {resolver.IPv6}
            hint-file={place}/hints
            lua-config-file={place}/start.lua
            dnssec=validate
            dont-query=
            allow-from=0.0.0.0/0
            socket-dir={place}
            daemon=no
            write-pid=no
            threads=1
            security-poll-suffix=
            loglevel=3

            """);
        return ["pdns_recursor", "--config-dir=" + place];
    }

    /// <summary>DnsGuard.</summary>
    public string Guard(Resolver resolver) => $"""
        resolver:
          listen: ["{resolver.IPv4}:53"]
          clients: [95.0.0.0/8]
          validate: true
          trustAnchors: |
            {anchor}
            ; from the small Internet's own root
          neverAsk: []
          addressFilter: false
          rootHints: |
        {string.Join('\n', Hints.Split('\n').Select(line => "    " + line))}
        enforcement:
          targets:
            - name: feed
              kind: feed
        control:
          listen: 127.0.0.1:8053
        store:
          directory: var
        log:
          directory: none
        policyFile: policy.yaml

        """;
}
