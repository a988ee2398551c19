using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>What each format's lines become, and what becomes of those that cannot be taken over.</summary>
public sealed class FormatTests
{
    public static TheoryData<string, string, string[], string[]> Files => new()
    {
        {
            "route53",
            "# ours\r\napi.example.com\r\n*.example.org.\n\nA.b.EXAMPLE.net\n_dmarc.example.com\n*cdn.example.com\na.*.example.com\nex ample.com\n.example.com\n*\n",
            ["+ api.example.com", "+ *.example.org", "+ a.b.example.net", "+ _dmarc.example.com"],
            ["LeftOut 7 *cdn.example.com", "Invalid 8 a.*.example.com", "Invalid 9 ex ample.com", "Invalid 10 .example.com", "Invalid 11 *"]
        },
        {
            // Two lines there are one rule here.
            "route53", "example.com\n*.example.org\n*.example.com\n", ["+ .example.com", "+ *.example.org"], []
        },
        {
            "network-firewall",
            """
            {"RulesSource": {"RulesSourceList": {
              "Targets": [
                ".example.com",
                "api.example.org",
                "*.example.net"],
              "TargetTypes": ["TLS_SNI", "HTTP_HOST"],
              "GeneratedRulesType": "ALLOWLIST"}}}
            """,
            ["+ .example.com", "+ api.example.org"],
            ["Invalid 5 *.example.net"]
        },
        { "network-firewall", """{"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": "DENYLIST"}""", ["- .example.com"], [] },
        { "network-firewall", """{"GeneratedRulesType": "ALLOWLIST", "TargetTypes": ["TLS_SNI"], "Targets": ["example.com"]}""", ["+ example.com tcp/443"], [] },
        { "network-firewall", """{"Targets": ["example.com"], "TargetTypes": ["HTTP_HOST"]}""", ["+ example.com tcp/80"], [] },
        { "network-firewall", """["example.com", ".example.org"]""", ["+ example.com", "+ .example.org"], [] },
        { "network-firewall", "example.com\n.example.org # all of it\n", ["+ example.com", "+ .example.org"], [] },
        { "network-firewall", """{"Targets": ["a.example"], "GeneratedRulesType": "ALERTLIST"}""", [], ["LeftOut 1 ALERTLIST"] },
        { "network-firewall", "{\"Targets\": [\"a.example\",\n7]}", [], ["Invalid 1 "] },
        { "network-firewall", "{\"Targets\": [\"a.example\"],\n\n \"Targets\": []}", [], ["Invalid 3 "] },
        { "network-firewall", "{\"Names\": []}", [], ["Invalid 1 "] },
        { "network-firewall", "{\"Targets\": [\"a.example\"]", [], ["Invalid 1 "] },
        {
            "rpz",
            """
            $TTL 300
            $ORIGIN rpz.example.
            @ IN SOA ns.example. host.example. (
                1 ; serial
                3600 600 86400 60 )
              IN NS ns.example.
            api.example.com        300 IN CNAME rpz-passthru.
            old.example.com.rpz.example.  CNAME old.example.com.
            example.org                   CNAME rpz-passthru.
            *.example.org                 CNAME RPZ-PASSTHRU.
            secret.example.org            CNAME .
            nodata.example.org            CNAME *.
            dropped.example.org           CNAME rpz-drop.
            tcp.example.org               CNAME rpz-tcp-only.
            walled.example.org            CNAME garden.example.
            local.example.org             A 192.0.2.1
            32.1.2.0.192.rpz-client-ip    CNAME rpz-passthru.
            24.0.2.0.192.rpz-ip           CNAME .
            ns.example.net.rpz-nsdname    CNAME .
            24.0.2.0.192.rpz-nsip         CNAME .
            nodot.example.org             CNAME rpz-passthru
            strange.example.              CNAME .
            $INCLUDE other
            *                             CNAME .
            """,
            ["+ api.example.com", "+ old.example.com", "+ .example.org", "- secret.example.org", "- nodata.example.org"],
            [
                "LeftOut 13 dropped.example.org", "LeftOut 14 tcp.example.org", "LeftOut 15 walled.example.org", "LeftOut 16 local.example.org             A 192.0.2.1",
                "LeftOut 17 32.1.2.0.192.rpz-client-ip", "LeftOut 18 24.0.2.0.192.rpz-ip", "LeftOut 19 ns.example.net.rpz-nsdname", "LeftOut 20 24.0.2.0.192.rpz-nsip",
                "Invalid 21 nodot.example.org", "Invalid 22 strange.example.              CNAME .", "LeftOut 23 $INCLUDE other", "Implied 24 *",
            ]
        },
        {
            // The zone's name is known from the SOA alone, and a line may take over the owner of the one before.
            "rpz", "rpz.test. 60 IN SOA a. b. 1 2 3 4 5\nwww.example.com IN 60 CNAME rpz-passthru.\n  TXT \"(\"\n$ORIGIN com.rpz.test.\nexample.net CNAME .\n",
            ["+ www.example.com", "- example.net.com"], ["LeftOut 3 TXT \"(\""]
        },
        { "rpz", "example.com CNAME rpz-passthru.\n@ SOA a. b. (\nexample.org CNAME rpz-passthru.\n", ["+ example.com"], ["Invalid 2 ("] },
        {
            // What repeats a wider line, as a zone must, is no rule; what contradicts one is.
            "rpz", "com CNAME .\n*.com CNAME .\nexample.com CNAME rpz-passthru.\n*.example.com CNAME rpz-passthru.\na.example.com CNAME rpz-passthru.\n*.a.example.com CNAME .\n* CNAME .\n",
            ["+ .example.com", "- *.a.example.com"],
            ["Implied 1 deny: \".com\"", "Implied 5 allow: \"a.example.com\"", "Implied 7 *"]
        },
        {
            "plain",
            "\uFEFF# hosts of the build\napi.example.com # the one thing they need\n*.example.org\n.example.net\ncdn-*.example.com\nb\u00FCcher.example\n0.0.0.0 ads.example tracker.example\n127.0.0.1 localhost\n10.0.0.5 db.example\nor two\n*.com\na..b\n",
            ["+ api.example.com", "+ *.example.org", "+ .example.net", "+ cdn-*.example.com", "+ xn--bcher-kva.example", "- ads.example", "- tracker.example"],
            ["Implied 8 localhost", "LeftOut 9 db.example", "Invalid 10 or two", "Invalid 11 *.com", "Invalid 12 a..b"]
        },
        {
            "dnsmasq",
            """
            # forwarded
            server=/example.com/192.0.2.53
            server=/a.example.org/b.example.org/#
            nftset=/example.net/4#inet#filter#allowed
            ipset=/*.example.edu/allowed   # all below
            local=/lan.example.com/
            address=/ads.example.com/#
            address=/sink.example.com/0.0.0.0
            address=/none.example.com/
            address=/host.example.com/192.0.2.7
            server=/.old.example/192.0.2.53
            server=/*shop.example/192.0.2.53
            server=192.0.2.53
            server=//192.0.2.53
            cache-size=1000
            no-resolv
            address=/#/
            server=/#/192.0.2.53
            """,
            [
                "+ .example.com", "+ .a.example.org", "+ .b.example.org", "+ .example.net", "+ *.example.edu", "- .lan.example.com", "- .ads.example.com", "- .sink.example.com",
                "- .none.example.com", "+ .old.example",
            ],
            [
                "LeftOut 10 address=/host.example.com/192.0.2.7", "LeftOut 12 *shop.example", "LeftOut 13 server=192.0.2.53", "LeftOut 14 //", "LeftOut 15 cache-size=1000",
                "LeftOut 16 no-resolv", "Implied 17 /#/", "LeftOut 18 /#/",
            ]
        },
        {
            "cilium",
            """
            apiVersion: v1
            kind: ConfigMap
            ---
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: build}
            spec:
              endpointSelector: {matchLabels: {app: build}}
              ingress: []
              egress:
                - toEndpoints: [{matchLabels: {"k8s:k8s-app": kube-dns}}]
                  toPorts: [{ports: [{port: "53", protocol: ANY}], rules: {dns: [{matchPattern: "*"}]}}]
                - toFQDNs:
                    - matchName: api.example.com
                    - matchPattern: "*.example.org"
                    - matchPattern: "**.example.net"
                    - matchPattern: "cdn-*.example.com"
                    - matchPattern: "a.*.example.com"
                    - matchPattern: "*.*.example.com"
                    - matchPattern: "*"
                    - matchName: "*.example.com"
                    - {matchName: a.example, matchPattern: b.example}
                  toPorts: [{ports: [{port: "443", protocol: TCP}]}]
                - toFQDNs: [{matchName: api.example.com}, {matchName: all.example.com}]
                - toFQDNs: [{matchName: more.example.com}]
                  toPorts: [{ports: [{port: "8000", endPort: 8080, protocol: UDP}, {port: "22"}]}]
                - toFQDNs: [{matchName: http.example.com}]
                  toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{method: GET}]}}]
                - toFQDNs: [{matchName: named.example.com}]
                  toPorts: [{ports: [{port: web}]}]
                - toCIDR: [192.0.2.0/24]
            """,
            [
                "+ api.example.com any", "+ **.example.org tcp/443", "+ *.example.net tcp/443", "+ cdn-*.example.com tcp/443", "+ a.*.example.com tcp/443", "+ all.example.com any",
                "+ more.example.com tcp/22, udp/22, udp/8000-8080",
            ],
            [
                "LeftOut 1 ConfigMap", "Implied 8 endpointSelector", "LeftOut 9 ingress", "Implied 11 toEndpoints", "LeftOut 19 *.*.example.com", "Invalid 20 *", "Invalid 21 *.example.com",
                "Invalid 22 toFQDNs", "LeftOut 28 rules", "LeftOut 30 web/ANY", "LeftOut 31 toCIDR",
            ]
        },
        {
            "smokescreen",
            """
            version: v1
            services:
              - name: build
                project: infra
                action: enforce
                allowed_domains:
                  - api.example.com
                  - "*.example.org"
                  - secret.example.net
                  - "*"
                mitm_domains: []
            global_allow_list: [example.net]
            global_deny_list: ["*.example.net"]
            """,
            ["- *.example.net", "+ api.example.com", "+ *.example.org", "+ example.net"],
            ["LeftOut 9 secret.example.net", "Invalid 10 *", "LeftOut 11 mitm_domains"]
        },
        { "smokescreen", "services:\n  - {name: a, action: report, allowed_domains: [example.com, \"*.example.com\"]}\n", ["+ .example.com"], ["LeftOut 2 action: report"] },
        { "smokescreen", "services:\n  - {name: a, action: open}\n", [], ["LeftOut 2 open"] },
        { "smokescreen", "services:\n  - {name: a}\n  - {name: b}\n", [], ["Invalid 2 "] },
        { "smokescreen", "services: [\n", [], ["Invalid 2 "] },
        { "squid", "# allowed\n.example.com\nexample.org\n*.example.net\n", ["+ .example.com", "+ example.org"], ["Invalid 4 *.example.net"] },
        {
            "squid",
            """
            acl good dstdomain .example.com api.example.org
            acl good dstdomain -n "/etc/squid/more"
            acl bad dstdomain bad.example.com
            acl only dstdomain only.example.com
            acl torn dstdomain torn.example.com
            acl office src 10.0.0.0/8
            acl words dstdom_regex foo
            http_port 3128
            http_access deny bad
            http_access deny !only
            http_access allow good
            http_access allow torn
            http_access deny torn
            http_access allow office good
            http_access deny all
            """,
            ["+ .example.com", "+ api.example.org", "- bad.example.com", "+ only.example.com"],
            [
                "LeftOut 2 \"/etc/squid/more\"", "LeftOut 5 acl torn dstdomain torn.example.com", "LeftOut 6 acl office src 10.0.0.0/8", "LeftOut 7 acl words dstdom_regex foo",
                "LeftOut 8 http_port 3128", "Implied 9 http_access deny bad", "Implied 10 http_access deny !only", "Implied 11 http_access allow good", "Implied 12 http_access allow torn",
                "Implied 13 http_access deny torn", "LeftOut 14 http_access allow office good", "Implied 15 http_access deny all",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_becomes_rules_and_every_other_line_a_note_with_its_place(string format, string text, string[] rules, string[] notes)
    {
        var plan = Exchanges.Import(format, text);

        Assert.Equal(rules, plan.Rules.Select(Exchanges.Words));
        Assert.Equal(notes, Exchanges.Notes(plan.Notes, NoteKind.Invalid, NoteKind.LeftOut, NoteKind.Implied));
        Assert.All(plan.Notes.Listed.Where(note => note.Kind is NoteKind.Invalid or NoteKind.LeftOut), note => Assert.True(note.Detail.Length > 0 && note.Cure.Length > 0, note.ToString()));
    }

    [Theory]
    [InlineData("route53", "ads.example.com\n", "- ads.example.com")]
    [InlineData("plain", "ads.example.com\n", "- ads.example.com")]
    [InlineData("plain", "10.0.0.1 ads.example.com\n", "- ads.example.com")]
    [InlineData("squid", ".ads.example.com\n", "- .ads.example.com")]
    [InlineData("network-firewall", "{\"Targets\": [\"ads.example.com\"], \"GeneratedRulesType\": \"ALLOWLIST\"}", "- ads.example.com")]
    public void What_a_list_of_bare_names_does_can_be_said(string format, string text, string rule) =>
        Assert.Equal([rule], Exchanges.Read(format, text, new ImportOptions { Action = RuleAction.Deny }));

    [Fact]
    public void One_service_of_several_can_be_named()
    {
        const string Acl = "services:\n  - {name: a, allowed_domains: [a.example]}\n  - {name: b, allowed_domains: [b.example]}\ndefault: {allowed_domains: [c.example]}\nglobal_allow_list: [d.example]\n";

        Assert.Equal(["+ b.example", "+ d.example"], Exchanges.Read("smokescreen", Acl, new ImportOptions { Service = "b" }));
        Assert.Equal(["+ c.example", "+ d.example"], Exchanges.Read("smokescreen", Acl, new ImportOptions { Service = "default" }));
        Assert.Equal(["Invalid 1 z"], Exchanges.Notes(Exchanges.Import("smokescreen", Acl, null, new ImportOptions { Service = "z" }).Notes, NoteKind.Invalid));
    }

    [Theory]
    [InlineData("plain", "127.0.0.1 localhost\n")]
    [InlineData("network-firewall", "{\"RulesSourceList\": {\"Targets\": []}}")]
    [InlineData("rpz", "; a zone\n@ 60 IN SOA a. b. 1 2 3 4 5\n")]
    [InlineData("dnsmasq", "no-resolv\nserver=/example.com/192.0.2.1\n")]
    [InlineData("cilium", "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n")]
    [InlineData("smokescreen", "services:\n  - name: a\n    allowed_domains: [a.example]\n")]
    [InlineData("squid", "# proxy\nacl a dstdomain .example.com\n")]
    [InlineData(null, "example.com\n*.example.org\n")]
    [InlineData(null, ".example.com\n")]
    [InlineData(null, "")]
    [InlineData(null, "{\"name\": 1}")]
    public void A_format_is_guessed_only_where_it_is_certain(string? format, string text) => Assert.Equal(format, PolicyExchange.Guess(text));

    [Theory]
    [MemberData(nameof(Exchanges.Formats), MemberType = typeof(Exchanges))]
    public void What_a_format_writes_is_guessed_or_is_a_bare_list(string format)
    {
        var text = Exchanges.Export(format, Exchanges.Rules("allow: .example.com", "deny: .a.example.com")).Text;

        Assert.Equal(format is "route53" or "plain" or "squid" ? null : format, PolicyExchange.Guess(text));
    }

    [Fact]
    public void Nothing_of_a_stranger_steers_a_terminal_or_forges_a_line()
    {
        var note = Assert.Single(Exchanges.Import("plain", $"evil\u001b[2J\u202Ename\u2028{new string('x', 500)}\n").Notes.Listed);

        Assert.Equal($"evil\uFFFD[2J\uFFFDname\uFFFD{new string('x', 86)}…", note.Text);
    }
}
