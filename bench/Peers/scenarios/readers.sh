# Do ten who search a log of ten million rows, without a pause, or three who export it, make answers later that are known?
scenario_readers() {
  names_of 1000
  zone_file
  authority
  policy_of "$work/readers.yaml" 1000 1
  progress "a log of ten million rows"
  dotnet run -c Release --project "$root/bench/Log" -- --fill "$work/filled" --rows "${ROWS:-10000000}" > "$work/fill.log"
  ids=()
  # Its state is made when it is configured.
  configure_filled() { configure_dnsguard; mkdir -p -m 700 "$state/var"; mv "$work/filled" "$state/var/querylog"; }
  serve dnsguard filled "DnsGuard" policy="$work/readers.yaml" store="queryLogAge: 3650d, queryLogSize: 16GiB"
  kind[dnsguard]=dnsguard
  local asked="$work/asked.1000" highest rate round took line reading which
  warm dnsguard -f "$asked"
  highest=$(client dnsguard -f "$asked" -l 1 -w 200 | sed 's/.* qps=\([0-9]*\) .*/\1/')
  rate=$((highest * 4 / 10))
  [ "$rate" -le "${MOST:-40000}" ] || rate=${MOST:-40000}
  took=$(awk -v s="$SECONDS_EACH" 'BEGIN { print s * 2 }')
  label[busy]="DnsGuard, ten readers" label[exports]="DnsGuard, three exports"
  # Searches warm up as answers do: their code is compiled again while it is new.
  (reading_busy 4) > "$work/reader"
  (reading_exports 2) > "$work/reader"
  facts readers "ten readers" dnsguard "rate=$rate"
  for ((round = 0; round < 4 * ROUNDS; round++)); do
    progress "readers: round $((round + 1)) of $((4 * ROUNDS))"
    line=$(client dnsguard -f "$asked" -l "$took" -r "$rate")
    note readers "ten readers" dnsguard "$round" open $line "rss=$(resident dnsguard)"
    for which in busy exports; do
      "reading_$which" "$took" > "$work/reader" &
      reading=$!
      pids+=("$reading")
      # They are in the middle of it when the load begins.
      sleep 0.3
      line=$(client dnsguard -f "$asked" -l "$took" -r "$rate")
      wait "$reading" || true
      forget "$reading"
      note readers "ten readers" "$which" "$round" open $line $(< "$work/reader") "rss=$(resident dnsguard)"
    done
  done
  end_all
  stop_authority
}

# On the load's processor, behind the load.
a_little_longer() { awk -v t="$1" 'BEGIN { print t + 0.6 }'; }
reading_busy() { ip netns exec "$here" taskset -c 1 python3 "$bench/Peers/load/editor.py" "http://127.0.0.1:${control[dnsguard]}" "$(a_little_longer "$1")" 0 10; }
reading_exports() {
  local each
  for each in 1 2 3; do
    ip netns exec "$here" taskset -c 1 curl -s -m "$(a_little_longer "$1")" "http://127.0.0.1:${control[dnsguard]}/api/v1/query-log:export?format=ndjson" > /dev/null &
  done
  wait || true
}
