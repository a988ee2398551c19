# What does an answer cost that has to be asked for at a forwarder next door? Each name is asked once; nobody validates.
scenario_forward() {
  names_of 1000
  zone_file
  authority
  policy_of "$work/tiny.yaml" tiny 1
  ids=()
  local each id fresh
  peer dnsguard dnsguard DnsGuard policy="$work/tiny.yaml"
  fresh=$(fresh_port_option)
  if [ -n "$fresh" ]; then peer fresh dnsguard "DnsGuard, fresh port per query" policy="$work/tiny.yaml" resolver="$fresh"
  else skip forward forward fresh "DnsGuard, fresh port per query" "this revision has no option for it"; fi
  # Many names behind one address, as at a CDN.
  peer shared dnsguard "DnsGuard, one address for all names" policy="$work/tiny.yaml"
  peer unbound unbound Unbound
  peer kresd kresd "Knot Resolver"
  peer dnsdist dnsdist "dnsdist, no cache" cache=none
  peer named named BIND
  peer pdns pdns "PowerDNS Recursor"
  for id in $(alive "${ids[@]}"); do
    for each in 1 2 3; do
      local line
      line=$(cold "$id" -l "$([ "${kind[$id]}" = dnsguard ] && echo "$WARM" || echo 1)")
      cursor[$id]=${line##*next=}
      [ "${kind[$id]}" = dnsguard ] || break
      sleep 0.3
    done
  done
  for id in "${ids[@]}"; do facts forward forward "$id"; done
  asking=cold rounds forward forward closed
  end_all
  stop_authority
}

# Fewer open at once than for cached answers: nobody's queues are to overflow.
cold() { once "$1" -n "$([ "$1" = shared ] && echo u%d.shared.hold.example || echo u%d.c%m.cold.hold.example)" "${@:2}" -w 100; }

# The option that gives each query upstream a socket of its own, where this revision has it.
fresh_port_option() { ! grep -q '^  freshPorts:' "$root/config/dnsguard.yaml" || echo "freshPorts: true"; }
