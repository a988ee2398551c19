# What does validating recursion cost? bench/Recursion/cold asks; its rounds are taken over here.
scenario_recursion() {
  local names=(dnsguard unbound kresd pdns) titles=(DnsGuard Unbound "Knot Resolver" "PowerDNS Recursor") i
  for i in 0 1 2 3; do label[${names[i]}]=${titles[i]} failed[${names[i]}]=; done
  # Its rounds are short: two more than of the others.
  ROUNDS=$((ROUNDS + 2)) EACH=${EACH:-$([ -n "$quick" ] && echo 2 || echo 6)} RESULT=$work/recursion.md NO_BUILD=1 "$bench/Recursion/cold" > "$work/recursion.out" 2>&1 &
  local child=$!
  pids+=("$child")
  wait "$child" || { tail -n 15 "$work/recursion.out" >&2; die "bench/Recursion/cold failed"; }
  forget "$child"
  # round, resolver, q/s, CPU µs, latency ms, lost, SERVFAIL
  grep -E '^    [0-9]+ [0-3] ' "$work/recursion.md" | while read -r round i qps cpu latency lost failures; do
    note recursion "$([ "$round" = 0 ] && echo "nothing known" || echo "zones known")" "${names[i]}" "$round" closed \
      answered=1000000 sent=1000000 "lost=$lost" "qps=$qps" "good=$((1000000 - failures))" "servfail=$failures" "user=$cpu" sys=0 "mean=$latency"
  done
}
