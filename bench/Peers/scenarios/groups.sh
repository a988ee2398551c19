# Do groups, and the query log, cost a cached answer anything? A hundred clients, divided among 1, 10 and 100 groups of a policy.
scenario_groups() {
  local size=${sizes[0]} count id
  names_of "$size"
  zone_file
  authority
  ids=()
  for count in 1 10 100; do
    policy_of "$work/groups.$count.yaml" "$size" "$count"
    serve "groups$count" dnsguard "DnsGuard, groups: $count" policy="$work/groups.$count.yaml"
  done
  # The option is looked for where every option is shown at its default.
  if grep -q '^  queryLog:' "$root/config/dnsguard.yaml"; then serve nolog dnsguard "DnsGuard, groups: 1, query log off" policy="$work/groups.1.yaml" store='queryLog: false'
  else skip groups groups nolog "DnsGuard, groups: 1, query log off" "this revision has no option for it"; fi
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$work/asked.$size" -s 100 -b 127.1.0.1; done
  for id in "${ids[@]}"; do facts groups groups "$id"; done
  rounds groups groups closed -f "$work/asked.$size" -s 100 -b 127.1.0.1
  end_all
  stop_authority
}
