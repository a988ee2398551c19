using System.Text;

namespace DnsGuard.Lab.Internet;

/// <summary>Writes an authoritative server's configuration, and says how to start it.</summary>
internal static class AuthoritySettings
{
    /// <summary>Returns the command that runs the instance in the foreground.</summary>
    public static IReadOnlyList<string> Prepare(Instance instance, string place, IReadOnlyList<HeldZone> zones)
    {
        // Some of them read and write as a user of their own.
        Shell.Must("chmod", "777", place);
        return instance.Software switch
        {
            Software.Nsd => Nsd(instance, place, zones),
            Software.Knot => Knot(instance, place, zones),
            Software.Bind => Bind(instance, place, zones),
            _ => PowerDns(instance, place, zones),
        };
    }

    private static IReadOnlyList<string> Nsd(Instance instance, string place, IReadOnlyList<HeldZone> zones)
    {
        var text = new StringBuilder("server:\n");
        foreach (var address in instance.Addresses)
            text.Append($"  ip-address: {address}\n");
        text.Append($"""
              username: ""
              chroot: ""
              zonesdir: "{place}"
              pidfile: "{place}/pid"
              xfrdfile: "{place}/xfrd"
              zonelistfile: "{place}/zonelist"
              xfrdir: "{place}"
              database: ""
              server-count: 1
              tcp-count: 500
              rrl-ratelimit: 0
              rrl-whitelist-ratelimit: 0
            remote-control:
              control-enable: no

            """);
        foreach (var zone in zones)
            text.Append($"zone:\n  name: \"{zone.Name}\"\n  zonefile: \"{zone.File}\"\n");
        return ["nsd", "-d", "-c", Write(place, "nsd.conf", text)];
    }

    private static IReadOnlyList<string> Knot(Instance instance, string place, IReadOnlyList<HeldZone> zones)
    {
        var text = new StringBuilder($"""
            server:
              rundir: {place}
              listen: [{string.Join(", ", instance.Addresses.Select(address => address + "@53"))}]
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: {place}
            log:
              - target: stderr
                any: warning
            template:
              - id: default
                storage: {place}
                semantic-checks: off
                zonefile-sync: -1
                journal-content: none
            zone:

            """);
        foreach (var zone in zones)
            text.Append($"  - domain: {zone.Name}\n    file: {zone.File}\n");
        return ["knotd", "-c", Write(place, "knot.conf", text)];
    }

    private static IReadOnlyList<string> Bind(Instance instance, string place, IReadOnlyList<HeldZone> zones)
    {
        var text = new StringBuilder($$"""
            options {
              directory "{{place}}";
              pid-file none;
              session-keyfile none;
              managed-keys-directory "{{place}}";
              listen-on { {{Several(instance.Addresses.Where(address => !address.Contains(':')))}} };
              listen-on-v6 { {{Several(instance.Addresses.Where(address => address.Contains(':')))}} };
              recursion no;
              dnssec-validation no;
              notify no;
              masterfile-format text;
            };
            controls { };
            logging { channel out { stderr; severity warning; }; category default { out; }; };

            """);
        foreach (var zone in zones)
            text.Append($"zone \"{zone.Name}\" {{ type primary; file \"{zone.File}\"; check-names ignore; check-integrity no; }};\n");
        return ["named", "-f", "-n", "1", "-c", Write(place, "named.conf", text)];

        static string Several(IEnumerable<string> addresses) => string.Concat(addresses.Select(address => address + "; "));
    }

    private static IReadOnlyList<string> PowerDns(Instance instance, string place, IReadOnlyList<HeldZone> zones)
    {
        var database = Path.Combine(place, "dnssec.db");
        Write(place, "pdns.conf", new StringBuilder($"""
            launch=bind
            bind-config={place}/named.conf
            bind-dnssec-db={database}
            local-address={string.Join(", ", instance.Addresses)}
            socket-dir={place}
            daemon=no
            guardian=no
            write-pid=no
            dname-processing=yes
            receiver-threads=1
            distributor-threads=1
            security-poll-suffix=
            loglevel=3

            """));
        // Told of no zones while it is told about them one by one: it would load all of them each time.
        Write(place, "named.conf", new StringBuilder($"options {{ directory \"{place}\"; }};\n"));
        Shell.Must("pdnsutil", "--config-dir=" + place, "create-bind-db", database);
        foreach (var zone in zones.Where(zone => zone.Signing is not null))
        {
            var name = zone.Name.TrimEnd('.');
            if (zone.Signing is { Denial: not Denial.Nsec } signing)
                Shell.Must("pdnsutil", "--config-dir=" + place, "set-nsec3", name, $"1 0 {signing.Iterations} {(signing.Iterations == 0 ? "-" : ZoneSigner.Salt)}");
            Shell.Must("pdnsutil", "--config-dir=" + place, "set-presigned", name);
        }

        var list = new StringBuilder($"options {{ directory \"{place}\"; }};\n");
        foreach (var zone in zones)
            list.Append($"zone \"{zone.Name.TrimEnd('.')}\" {{ type master; file \"{zone.File}\"; }};\n");
        Write(place, "named.conf", list);
        return ["pdns_server", "--config-dir=" + place];
    }

    private static string Write(string place, string name, StringBuilder text)
    {
        var file = Path.Combine(place, name);
        File.WriteAllText(file, text.ToString());
        return file;
    }
}
