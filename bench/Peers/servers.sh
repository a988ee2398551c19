# Sourced by run: how each server is configured and started as its experts would, and what is known of it afterwards.
# serve ID KIND LABEL [KEY=VALUE...] starts one and waits until it answers. Keys: names (a file: only these are allowed), as (zone or rpz: how, where there
# are two ways), policy (DnsGuard's), workers, upstream, cpus, tls, cache, resolver, store, target, in (a namespace).
declare -A port pid label kind loaded failed where
ids=()
template=$bench/Peers/configs
next_port=5300

# wanted KIND: not left out by PEERS.
wanted() { [ -z "$PEERS" ] || [ "$1" = dnsguard ] || [[ " $PEERS " = *" $1 "* ]]; }
# peer ID KIND ...: serves it if it is wanted.
peer() { ! wanted "$2" || serve "$@"; }

# render TEMPLATE KEY=VALUE...: every @KEY@ replaced; a value may have several lines.
render() {
  local text each
  text=$(< "$template/$1")
  shift
  for each in "$@"; do text=${text//"@${each%%=*}@"/"${each#*=}"}; done
  printf '%s\n' "$text"
}

serve() {
  local id=$1 as= names= policy= workers=1 upstream=127.0.0.3 cpus=0 tls= cache= resolver= store= target='{name: feed, kind: feed}' in=$here state=$work/$1 begin
  kind[$id]=$2 label[$id]=$3
  shift 3
  [ $# -eq 0 ] || local "$@"
  port[$id]=$next_port
  next_port=$((next_port + 1))
  ids+=("$id")
  where[$id]=$in cursor[$id]=0
  rm -rf "$state"
  mkdir "$state"
  failed[$id]= loaded[$id]= pid[$id]=
  "configure_${kind[$id]}" || { failed[$id]="cannot be configured"; return 0; }
  begin=$(date +%s%N)
  cpu=$cpus start "$id" "$in" "${command[@]}"
  pid[$id]=$started
  ready "$id" "$begin" "$in"
}

# ready ID BEGIN SPACE: waits for the first answer, as long as LOAD_PATIENCE allows and no longer than memory lasts.
ready() {
  local id=$1 asking resident
  # The name asked for is allowed by every policy.
  ip netns exec "$3" taskset -c 1 "$tools/client" -p "${port[$id]}" -n "$first_name" -u "$LOAD_PATIENCE" > "$work/first" &
  asking=$!
  while kill -0 "$asking" 2>/dev/null; do
    resident=$(resident "$id")
    if ! kill -0 "${pid[$id]}" 2>/dev/null; then failed[$id]=$(ended "$id" "while loading")
    elif [ "$resident" -gt $((MAX_RSS_MB * 1024)) ]; then failed[$id]="more than $MAX_RSS_MB MB while loading"
    else sleep 0.05; continue; fi
    kill "$asking" 2>/dev/null || true
    break
  done
  if wait "$asking" 2>/dev/null; then
    loaded[$id]=$(awk -v b="$2" -v e="$(date +%s%N)" 'BEGIN { printf "%.2f", (e - b) / 1e9 }')
    progress "${label[$id]} answers after ${loaded[$id]} s, $(($(resident "$id") / 1024)) MB"
    return
  fi
  : "${failed[$id]:=no answer within $LOAD_PATIENCE s}"
  progress "${label[$id]}: ${failed[$id]}"
  tail -n 3 "$work/$id.log" >&2 || true
  end "$id"
}

# ended ID WHEN: why it is not there any more.
ended() { grep -qx "${pid[$1]}" "${DNSGUARD_BENCH_ENDED:-/dev/null}" 2>/dev/null && echo "more than $MAX_RSS_MB MB $2" || echo "ended by itself $2"; }

# runs ID: it is still there; otherwise its row will say why not.
runs() {
  [ -z "${failed[$1]}" ] || return 1
  ! kill -0 "${pid[$1]}" 2>/dev/null || return 0
  failed[$1]=$(ended "$1" "while being asked")
  progress "${label[$1]}: ${failed[$1]}"
  tail -n 3 "$work/$1.log" >&2 || true
  return 1
}

# end ID...: stops servers that have been measured.
end() {
  local id
  for id in "$@"; do
    [ -n "${pid[$id]}" ] || continue
    kill "${pid[$id]}" 2>/dev/null || true
    timeout 10 tail --pid="${pid[$id]}" -f /dev/null || kill -KILL "${pid[$id]}" 2>/dev/null || true
    wait "${pid[$id]}" 2>/dev/null || true
    forget "${pid[$id]}"
  done
}
# forget PID: of a process that has ended; the number may become somebody else's.
forget() { local each left=(); for each in "${pids[@]}"; do [ "$each" = "$1" ] || left+=("$each"); done; pids=("${left[@]}"); }
end_all() { [ ${#ids[@]} -eq 0 ] || end "${ids[@]}"; ids=(); }

# Everything a server consists of: the process, and those it has started.
family() {
  local each
  echo "$1"
  for each in $(pgrep -P "$1" 2>/dev/null || true); do family "$each"; done
}
# resident ID: KiB. processor ID: clock ticks in user and system mode, all threads together.
resident() { local each; for each in $(family "${pid[$1]}"); do awk '/VmRSS/ { print $2 }' "/proc/$each/status" 2>/dev/null || true; done | awk '{ n += $1 } END { print n + 0 }'; }
processor() { local each; for each in $(family "${pid[$1]}"); do sed 's/.*) //' "/proc/$each/stat" 2>/dev/null || true; done | awk '{ u += $12; s += $13 } END { print u + 0, s + 0 }'; }

configure_floor() { command=("$tools/floor" 127.0.0.1 "${port[$id]}"); }

configure_dnsguard() {
  control[$id]=$((next_control++))
  render dnsguard.yaml STATE="$state" PORT="${port[$id]}" WORKERS="$workers" UPSTREAM="$upstream" TARGET="$target" CONTROL="${control[$id]}" POLICY="$policy" \
    RESOLVER="${cache:+  answerCache: $cache
}${resolver:+  $resolver
}${tls:+  tlsListen: [\"127.0.0.1:$tls\"]
  tlsCertificate: $work/tls.pem
  tlsCertificateKey: $work/tls.key
}" STORE="${store:+, $store}" > "$state/dnsguard.yaml"
  command=("${product[@]}" serve --config "$state/dnsguard.yaml")
}
declare -A control
next_control=8053

configure_unbound() {
  local server= more= modules=iterator
  [ -z "$tls" ] || server="  interface: 127.0.0.1@$tls
  tls-port: $tls
  tls-service-key: $work/tls.key
  tls-service-pem: $work/tls.pem"
  case $as in
    zone)
      { printf 'local-zone: "." refuse\n'; sed 's/.*/local-zone: "&" transparent/' "$names"; } > "$state/policy.conf"
      server="  include: $state/policy.conf" ;;
    rpz)
      modules="respip iterator" more="rpz:
  name: rpz
  zonefile: $names.rpz" ;;
  esac
  render unbound.conf STATE="$state" PORT="${port[$id]}" WORKERS="$workers" UPSTREAM="$upstream" SERVER="$server" MORE="$more" MODULES="$modules" > "$state/unbound.conf"
  command=(unbound -d -c "$state/unbound.conf")
}

configure_pdns() {
  : > "$state/policy.lua"
  [ -z "$names" ] || echo "rpzFile('$names.rpz', { policyName = 'allowlist', zoneSizeHint = $(wc -l < "$names") })" > "$state/policy.lua"
  render recursor.conf STATE="$state" PORT="${port[$id]}" UPSTREAM="$upstream" > "$state/recursor.conf"
  command=(pdns_recursor --config-dir="$state")
}

configure_kresd() {
  mkdir "$state/cache"
  local policy=
  [ -z "$names" ] || policy="local names = {}
for line in io.lines('$names') do names[#names + 1] = todname(line) end
policy.add(policy.suffix(policy.STUB('$upstream'), names))
policy.add(policy.all(policy.REFUSE))"
  render kresd.conf STATE="$state" PORT="${port[$id]}" UPSTREAM="$upstream" POLICY="$policy" \
    LISTEN="${tls:+net.tls('$work/tls.pem', '$work/tls.key')
net.listen('127.0.0.1', $tls, { kind = 'tls' \})}" > "$state/kresd.conf"
  sed -i 's/\\}/}/' "$state/kresd.conf"
  command=(kresd -n -c "$state/kresd.conf" "$state")
}

configure_dnsdist() {
  local policy=
  [ "$cache" = none ] || policy="getPool(''):setCache(newPacketCache(3000000, { maxTTL = 86400 }))"
  [ -z "$names" ] || policy+="
local allowed = newSuffixMatchNode()
for line in io.lines('$names') do allowed:add(line) end
addAction(NotRule(SuffixMatchNodeRule(allowed)), RCodeAction(DNSRCode.REFUSED))"
  render dnsdist.conf PORT="${port[$id]}" UPSTREAM="$upstream" POLICY="$policy" \
    LISTEN="${tls:+addTLSLocal('127.0.0.1:$tls', '$work/tls.pem', '$work/tls.key', { reusePort = true \})}" > "$state/dnsdist.conf"
  sed -i 's/\\}/}/' "$state/dnsdist.conf"
  command=(dnsdist --supervised --disable-syslog -C "$state/dnsdist.conf")
}

configure_named() {
  local policy= rpz=
  [ -z "$names" ] || policy='response-policy { zone "rpz"; } qname-wait-recurse no;' rpz="zone \"rpz\" { type primary; file \"$names.rpz\"; allow-query { none; }; };"
  render named.conf STATE="$state" PORT="${port[$id]}" UPSTREAM="$upstream" POLICY="$policy" ZONE="$rpz" > "$state/named.conf"
  command=(named -f -n 1 -c "$state/named.conf")
}

configure_dnsmasq() {
  local policy="server=$upstream"
  [ -z "$names" ] || { sed "s#.*#server=/&/$upstream\##; s/#\$//" "$names" > "$state/servers"; policy="servers-file=$state/servers"; }
  render dnsmasq.conf PORT="${port[$id]}" POLICY="$policy${resolver:+
$resolver}" > "$state/dnsmasq.conf"
  command=(dnsmasq --keep-in-foreground --pid-file="$state/pid" --conf-file="$state/dnsmasq.conf")
}

# As a peer of cached answers: it has them all to begin with.
configure_nsd() {
  render nsd.conf STATE="$state" ADDRESS="${address:-127.0.0.1}" PORT="${port[$id]}" ZONEFILE="$work/zone" > "$state/nsd.conf"
  command=(/usr/sbin/nsd -d -c "$state/nsd.conf")
}
