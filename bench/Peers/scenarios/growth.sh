# How do processor time and memory grow with the rules, and with the answers that are cached?
scenario_growth() {
  local count id asked
  for count in $GROWTH; do names_of "$count"; done
  zone_file
  authority
  growth_of_answers
  # The largest policy comes last: where time runs out, only it is missing.
  for count in $GROWTH; do
    policy_of "$work/growth.yaml" "$count" 1
    ids=()
    serve dnsguard dnsguard DnsGuard policy="$work/growth.yaml"
    [ -n "${failed[dnsguard]}" ] || warm dnsguard -f "$work/asked.$count"
    facts growth "$count rules" dnsguard
    ROUNDS=$((ROUNDS < 3 ? ROUNDS : 3)) rounds growth "$count rules" closed -f "$work/asked.$count"
    end_all
    [ "$count" -le 1000000 ] || rm -f "$work/names.$count" "$work/growth.yaml"
  done
  stop_authority
}

growth_of_answers() {
  local count known=0 id
  policy_of "$work/tiny.yaml" tiny 1
  ids=()
  serve dnsguard dnsguard DnsGuard policy="$work/tiny.yaml" cache=1GiB
  for id in $(alive "${ids[@]}"); do warm "$id" -n m0.c0.cold.hold.example; done
  for count in $ANSWERS; do
    progress "growth: $count cached answers"
    for id in $(alive "${ids[@]}"); do client "$id" -n m%d.c%m.cold.hold.example -o "$known" -c $((count - known)) -w 100 > /dev/null; done
    for id in "${ids[@]}"; do facts growth "$count answers" "$id"; done
    seq 0 $((count - 1)) | shuf -n 200000 --random-source=<(yes) | awk '{ print "m" $1 ".c" $1 % 10000 ".cold.hold.example" }' > "$work/growth.asked"
    ROUNDS=$((ROUNDS < 3 ? ROUNDS : 3)) rounds growth "$count answers" closed -f "$work/growth.asked"
    known=$count
  done
  end_all
}
