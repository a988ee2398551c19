# What does a large policy cost, for names it allows and names it denies? Each peer holds the same names as an allowlist, as its experts would write one.
scenario_policy() {
  local size
  for size in "${sizes[@]}"; do rpz_of "$size"; done
  zone_file
  authority
  for size in "${sizes[@]}"; do policy_with "$size"; done
  stop_authority
}

policy_with() {
  local size=$1 names=$work/names.$1 id
  policy_of "$work/policy.$size.yaml" "$size" 1
  ids=()
  peer dnsguard dnsguard DnsGuard policy="$work/policy.$size.yaml"
  peer unbound unbound "Unbound, local-zone" as=zone names="$names"
  peer unbound-rpz unbound "Unbound, RPZ" as=rpz names="$names"
  peer dnsdist dnsdist "dnsdist, SuffixMatchNode" names="$names"
  peer pdns pdns "PowerDNS Recursor, RPZ" names="$names"
  peer kresd kresd "Knot Resolver, suffix" names="$names"
  peer named named "BIND, RPZ" names="$names"
  if [ "$size" -le 100000 ]; then peer dnsmasq dnsmasq "dnsmasq, server=" names="$names"
  else skip policy "$size allowed" dnsmasq "dnsmasq, server=" "not tried: it needs minutes to load more than 100000 names"; fi
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$work/asked.$size"; done
  for id in "${ids[@]}"; do facts policy "$size allowed" "$id"; facts policy "$size denied" "$id"; done
  rounds policy "$size allowed" closed -f "$work/asked.$size"
  for id in $(alive "${ids[@]}"); do client "$id" -f "$work/denied.$size" -l 1 -w 200 > /dev/null; done
  rounds policy "$size denied" closed -f "$work/denied.$size"
  end_all
}
