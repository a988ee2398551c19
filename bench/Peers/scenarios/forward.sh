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
  peer unbound unbound Unbound
  peer kresd kresd "Knot Resolver"
  peer dnsdist dnsdist "dnsdist, no cache" cache=none
  peer named named BIND
  peer pdns pdns "PowerDNS Recursor"
  for id in $(alive "${ids[@]}"); do
    for each in 1 2 3; do
      local line
      line=$(once "$id" -n u%d.cold.hold.example -l "$([ "${kind[$id]}" = dnsguard ] && echo "$WARM" || echo 1)" -w 50)
      cursor[$id]=${line##*next=}
      [ "${kind[$id]}" = dnsguard ] || break
      sleep 0.3
    done
  done
  for id in "${ids[@]}"; do facts forward forward "$id"; done
  asking=cold rounds forward forward closed -n u%d.cold.hold.example
  end_all
  stop_authority
}

# Fewer open at once than for cached answers: nobody's queues are to overflow.
cold() { once "$@" -w 100; }

# The option that gives each query upstream a socket of its own, in the words of this revision; FRESH_PORT may say it.
fresh_port_option() {
  [ -z "${FRESH_PORT:-}" ] || { echo "$FRESH_PORT"; return; }
  ! grep -q '^  upstreamPorts:' "$root/config/dnsguard.yaml" || echo "upstreamPorts: fresh"
}
