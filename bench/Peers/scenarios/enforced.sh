# What does it cost to open an address before its answer leaves? Each name is asked once and has an address that nobody has opened yet.
scenario_enforced() {
  local count=$((ROUNDS * (ENFORCED_EACH + 4 * ENFORCED_RATE) + 30000)) each id
  ENFORCED_NAMES=$count
  names_of 1000
  zone_file
  awk -v n="$count" 'BEGIN { for (i = 0; i < n; i++) printf "e%d A 100.%d.%d.%d\n", i, 1 + int(i / 65536), int(i / 256) % 256, i % 256 }' >> "$work/zone"
  policy_of "$work/tiny.yaml" tiny 1
  # One element for an address, as dnsmasq's sets have it: by default there would be one for each of two ports.
  sed -i 's/"\*.hold.example"$/&\n        ports: [any]/' "$work/tiny.yaml"
  ids=()
  authorities=()
  enforced bare dnsguard "DnsGuard, no target" policy="$work/tiny.yaml" target=
  enforced dnsguard dnsguard "DnsGuard, nftables" policy="$work/tiny.yaml" target='{name: gateway, kind: nftables, networks: [10.1.0.0/16]}'
  enforced unbound unbound "Unbound, no enforcement"
  enforced dnsmasq-bare dnsmasq "dnsmasq, no set"
  enforced dnsmasq dnsmasq "dnsmasq, --nftset" resolver="nftset=/hold.example/4#inet#bench#seen"
  for id in $(alive "${ids[@]}"); do
    # First names that lie at ten thousand addresses, or warming up would use all there are.
    for each in 1 2 3; do
      [ "${kind[$id]}" = dnsguard ] && client "$id" -n "u$each-%d.c%m.cold.hold.example" -l "$WARM" -w 100 > /dev/null && sleep 0.3 || break
    done
    for each in 1 2 3; do
      # Three goes, with pauses: .NET compiles what is called often only while nothing new is called.
      local line
      line=$(once "$id" -n e%d.hold.example -c "$([ "${kind[$id]}" = dnsguard ] && echo 8000 || echo 1000)" -r 4000)
      cursor[$id]=${line##*next=}
      sleep 0.3
    done
  done
  for id in "${ids[@]}"; do facts enforced enforced "$id"; done
  RATE=$ENFORCED_RATE SECONDS_EACH=$(awk -v s="$SECONDS_EACH" 'BEGIN { print s < 1 ? 1 : 2 }') asking=once rounds enforced enforced open -n e%d.hold.example
  # dnsmasq needs about a millisecond for each once it knows many names: its row is the latency's.
  local kept=() saved=("${ids[@]}")
  for id in "${ids[@]}"; do [ "${kind[$id]}" = dnsmasq ] || kept+=("$id"); done
  ids=("${kept[@]}")
  asking=some rounds enforced enforced closed -n e%d.hold.example
  ids=("${saved[@]}")
  end_all
  for each in "${authorities[@]}"; do authority=$each stop_authority; done
}
ENFORCED_RATE=${ENFORCED_RATE:-2000} ENFORCED_EACH=${ENFORCED_EACH:-10000}

# A number of names instead of a time: there are only so many addresses. An argument that comes later counts.
some() { once "$1" "${@:2:2}" -c "$ENFORCED_EACH" -w 100; }

# enforced ID KIND ...: in a namespace of its own, so that nobody sees another's tables change.
enforced() {
  wanted "$2" || return 0
  local in="$here-$1"
  space "$in"
  authority "$in"
  authorities+=("$authority")
  [ "$1" != dnsmasq ] || ip netns exec "$in" nft 'add table inet bench; add set inet bench seen { type ipv4_addr; flags timeout; timeout 1h; size 1000000; }'
  serve "$@" in="$in"
}
