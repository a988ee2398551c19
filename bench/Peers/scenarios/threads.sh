# Does a second worker make an answer dearer? Both on both processors; the load shares the second one.
scenario_threads() {
  local size=${sizes[0]} count id
  names_of "$size"
  zone_file
  authority
  policy_of "$work/tiny.yaml" tiny 1
  ids=()
  for count in 1 2; do
    peer "dnsguard$count" dnsguard "DnsGuard, workers: $count" policy="$work/tiny.yaml" workers="$count" cpus=0,1
    peer "unbound$count" unbound "Unbound, threads: $count" workers="$count" cpus=0,1
  done
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$work/asked.$size" -s 16; done
  for id in "${ids[@]}"; do facts threads threads "$id"; done
  rounds threads threads closed -f "$work/asked.$size" -s 16
  end_all
  stop_authority
}
