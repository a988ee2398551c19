# How late are the last of a thousand cached answers, at 60 % of what both can do; and while somebody edits the policy and searches the log?
scenario_tail() {
  local size=${sizes[0]} id highest
  names_of "$size"
  zone_file
  authority
  policy_of "$work/tail.yaml" "$size" 1
  ids=()
  peer dnsguard dnsguard DnsGuard policy="$work/tail.yaml"
  peer unbound unbound Unbound
  local asked="$work/asked.$size"
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$asked"; done
  highest=$(for id in $(alive "${ids[@]}"); do client "$id" -f "$asked" -l 1 -w 200 | sed 's/.* qps=\([0-9]*\) .*/\1/'; done | sort -n | head -1)
  # Where it runs beside others, the load cannot keep up with more.
  local rate=$((highest * 6 / 10))
  [ "$rate" -le "${MOST:-80000}" ] || rate=${MOST:-80000}
  for id in "${ids[@]}"; do facts tail "undisturbed" "$id" "rate=$rate"; done
  RATE=$rate SECONDS_EACH=$(longer 2) rounds tail undisturbed open -f "$asked"
  [ -z "${failed[dnsguard]}" ] || { end_all; stop_authority; return; }
  # 100 edits a second by one client, ten searches of the log at any time.
  local round took line editing
  took=$(longer 2)
  label[busy]="DnsGuard, 100 edits/s and ten searches"
  for ((round = 0; round < ROUNDS; round++)); do
    progress "tail, disturbed: round $((round + 1)) of $ROUNDS"
    editor "$took" 100 10 > "$work/editor" &
    editing=$!
    pids+=("$editing")
    line=$(client dnsguard -f "$asked" -l "$took" -r "$rate")
    wait "$editing" || true
    forget "$editing"
    note tail disturbed busy "$round" open $line $(< "$work/editor") "rss=$(resident dnsguard)"
  done
  end_all
  stop_authority
}

longer() { awk -v s="$SECONDS_EACH" -v f="$1" 'BEGIN { print s * f }'; }

# editor SECONDS EDITS SEARCHES: on the load's processor, behind the load.
editor() { exec ip netns exec "$here" taskset -c 1 python3 "$bench/Peers/load/editor.py" "http://127.0.0.1:${control[dnsguard]}" "$@"; }
