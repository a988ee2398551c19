# What does an answer that is known cost? One thread, over UDP; the policy is the largest of $SIZES, with a hundred groups.
scenario_cached() {
  names_of "$big"
  zone_file
  authority
  policy_of "$work/big.yaml" "$big" 100
  policy_of "$work/tiny.yaml" tiny 1
  ids=()
  peer floor floor "C floor"
  peer dnsguard dnsguard "DnsGuard, $big names and 100 groups" policy="$work/big.yaml"
  peer tiny dnsguard "DnsGuard, one rule" policy="$work/tiny.yaml"
  peer edns dnsguard "DnsGuard, one rule, EDNS and cookie" policy="$work/tiny.yaml"
  peer unbound unbound Unbound
  peer pdns pdns "PowerDNS Recursor"
  peer kresd kresd "Knot Resolver"
  peer dnsdist dnsdist "dnsdist, packet cache"
  peer named named BIND
  peer dnsmasq dnsmasq dnsmasq
  peer nsd nsd "NSD (authoritative)"
  local id
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$work/asked.$big" $(extras "$id"); done
  for id in "${ids[@]}"; do facts cached cached "$id"; done
  asking=with_extras rounds cached cached "closed open" -f "$work/asked.$big"
  end_all
  stop_authority
}

extras() { [ "$1" != edns ] || echo -k; }
with_extras() { client "$@" $(extras "$1"); }
