# What does a cached answer cost over TCP and over TLS? A few connections that stay, each with several queries open.
scenario_streams() {
  local size=${sizes[0]} id tls=8530
  names_of "$size"
  zone_file
  authority
  policy_of "$work/tiny.yaml" tiny 1
  awk '{ print $1, "A" }' "$work/asked.$size" > "$work/stream.names"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench -addext "subjectAltName=IP:127.0.0.1" -keyout "$work/tls.key" -out "$work/tls.pem" 2> "$work/tls.log"
  ids=()
  declare -gA tls_port=([dnsguard]=8530 [unbound]=8531 [kresd]=8532 [dnsdist]=8533)
  peer dnsguard dnsguard DnsGuard policy="$work/tiny.yaml" tls=8530
  peer unbound unbound Unbound tls=8531
  peer kresd kresd "Knot Resolver" tls=8532
  peer dnsdist dnsdist "dnsdist, packet cache" tls=8533
  for id in $(alive "${ids[@]}"); do
    warm "$id" -f "$work/asked.$size"
    stream_tcp "$id" -l "$WARM" > /dev/null
    stream_tls "$id" -l "$WARM" > /dev/null
  done
  for id in "${ids[@]}"; do facts streams TCP "$id"; done
  asking=stream_tcp rounds streams TCP closed
  asking=stream_tls rounds streams TLS closed
  end_all
  stop_authority
}

# stream MODE PORT ID ARGUMENTS...: dnsperf's figures as KEY=VALUE. The window of the rounds is its own.
stream() {
  load "$here" dnsperf -m "$1" -s 127.0.0.1 -p "$2" -d "$work/stream.names" -c 8 -T 1 -q 100 -t 2 "${@:4:2}" 2>&1 | awk '
    /Queries sent:/ { sent = $3 } /Queries completed:/ { done = $3 } /Queries per second:/ { qps = $4 } /Average Latency/ { mean = 1e3 * $4 }
    /Response codes:/ { for (f = 3; f < NF; f++) { if ($f == "NOERROR") good = $(f + 1); if ($f == "SERVFAIL") bad = $(f + 1) } }
    # What is open when the time is over is not lost.
    /Queries lost:/ { lost = $3 } END { printf "sent=%d answered=%d lost=%d qps=%.0f good=%d servfail=%d mean=%.3f\n", sent, done, (lost > 100 ? lost : 0), qps, good, bad, mean }'
}
stream_tcp() { stream tcp "${port[$1]}" "$@"; }
stream_tls() { stream dot "${tls_port[$1]}" "$@"; }
