# Sourced by run: names to ask for, rounds of the same load against all, and one line in $data for each.
# A line: group, case, server, label, round, mode (closed, open or facts) and KEY=VALUE, separated by tabs.
clock=$(getconf CLK_TCK)
begun=$SECONDS
progress() { printf '%4d s  %s\n' $((SECONDS - begun)) "$*" >&2; }

# names_of COUNT: the rules of a policy of that many names, in $work/names.COUNT, with master files for response policy zones beside it.
# They lie in up to 5000 zones, as names do: asked.COUNT has those that are asked for, from all over the policy.
names_of() {
  local file=$work/names.$1
  [ ! -e "$file" ] || return 0
  awk -v n="$1" 'BEGIN { zones = n < 50000 ? int(n / 10) + 1 : 5000; for (i = 0; i < n; i++) print "n" i ".z" i % zones ".hold.example" }' > "$file"
  awk -v asked="$NAMES" -v n="$1" '{ all[NR - 1] = $0 } END { m = n < asked ? n : asked; step = n / m; for (i = 0; i < m; i++) print all[int(((i * 7919) % m) * step)] }' "$file" > "$work/asked.$1"
  awk '{ sub(/^n/, "x"); print }' "$work/asked.$1" > "$work/denied.$1"
}

# rpz_of COUNT: what is not listed does not exist. A wildcard of its own for each zone, since names below hide the one above.
rpz_of() {
  local file=$work/names.$1.rpz
  names_of "$1"
  [ -e "$file" ] || {
    printf '$TTL 3600\n$ORIGIN rpz.\n@ SOA ns. hostmaster. 1 3600 600 86400 60\n@ NS ns.\n* CNAME .\n*.example CNAME .\n*.hold.example CNAME .\n'
    awk -F. '!seen[$2]++ { print "*." $2 ".hold.example CNAME ." } { print $0 " CNAME rpz-passthru." }' "$work/names.$1"
  } > "$file"
}

# policy_of FILE COUNT GROUPS: DnsGuard's policy; the groups share the list. The load's addresses are divided among the groups of 127.1.0.0/16.
policy_of() {
  [ "$2" = tiny ] || names_of "$2"
  {
    printf 'apiVersion: dnsguard/v1\nkind: Policy\nlists:\n  names:\n    rules:\n'
    if [ "$2" = tiny ]; then echo '      - allow: "*.hold.example"'; else sed 's/^/      - allow: /' "$work/names.$2"; fi
    printf 'groups:\n  default:\n    clients: [127.0.0.0/8]\n    lists: [names]\n'
    [ "$3" -le 1 ] || awk -v n="$3" 'BEGIN { for (i = 1; i < n; i++) printf "  group%d:\n    clients: [127.1.0.%d/32, 10.%d.0.0/16]\n    lists: [names]\n", i, i, i }'
  } > "$1"
}

# zone_file: the names that are asked for, each with an address of its own, and wildcards, with ten thousand addresses, for those asked once.
zone_file() {
  {
    printf '$ORIGIN hold.example.\n$TTL 3600\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 100.63.0.1\n*.shared A 100.63.0.3\n'
    awk 'BEGIN { for (i = 0; i < 10000; i++) printf "*.c%d.cold A 100.62.%d.%d\n", i, int(i / 256), i % 256 }'
    cat "$work"/asked.* | sort -u | awk '{ printf "%s. A 100.%d.%d.%d\n", $1, 1 + int(NR / 65536), int(NR / 256) % 256, NR % 256 }'
  } > "$work/zone"
}

# authority [SPACE]: the server everybody asks, on the processor of the load.
authority() {
  local id=authority address=127.0.0.3 state=$work/authority.${1:-$here}
  mkdir "$state"
  port[authority]=53
  configure_nsd
  cpu=1 start "authority.${1:-$here}" "${1:-$here}" "${command[@]}"
  authority=$started
  await "${1:-$here}" 53
}

note() { local group=$1 case=$2 id=$3 round=$4 mode=$5; shift 5; (IFS=$'\t'; printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$group" "$case" "$id" "${label[$id]}" "$round" "$mode" "$*" >> "$data"); }
# facts GROUP CASE ID [KEY=VALUE...]: what loading took, and why there are no figures.
facts() { local id=$3; note "$1" "$2" "$id" 0 facts "loaded=${loaded[$id]:-}" "rss=$([ -n "${failed[$id]:-}" ] || resident "$id")" "failed=${failed[$id]:-}" "${@:4}"; }
# skip GROUP CASE ID LABEL REASON: a server that is not even started.
skip() { label[$3]=$4 failed[$3]=$5; note "$1" "$2" "$3" 0 facts "loaded=" "rss=" "failed=$5"; progress "$4: $5"; }

# measured GROUP CASE ID ROUND MODE COMMAND...: what the server spends while the command asks, whose output is KEY=VALUE.
measured() {
  local group=$1 case=$2 id=$3 round=$4 mode=$5 before after line
  shift 5
  before=$(processor "$id")
  line=$("$@") || line=
  runs "$id" || { facts "$group" "$case" "$id"; return 0; }
  # What the server does behind the answers (its log) is part of their price.
  sleep 0.4
  after=$(processor "$id")
  note "$group" "$case" "$id" "$round" "$mode" $line "$(awk -v b="$before" -v a="$after" -v t="$clock" 'BEGIN { split(b, x); split(a, y); printf "user=%.4f", (y[1] - x[1]) / t }')" \
    "$(awk -v b="$before" -v a="$after" -v t="$clock" 'BEGIN { split(b, x); split(a, y); printf "sys=%.4f", (y[2] - x[2]) / t }')" "rss=$(resident "$id")"
  [[ $line =~ next=([0-9]+) ]] && cursor[$id]=${BASH_REMATCH[1]} || true
}
declare -A cursor

# client ID ARGUMENTS...: the load, on processor 1, in the server's namespace.
client() { load "${where[$1]}" "$tools/client" -p "${port[$1]}" "${@:2}"; }
# once ID ARGUMENTS...: names that nobody has asked for yet.
once() { client "$1" -o "${cursor[$1]:-0}" "${@:2}"; }

# warm ID ARGUMENTS...: every name once, then long enough for a compiler to have done its work; .NET compiles what is called often only while nothing new is called.
warm() {
  local id=$1
  shift
  client "$id" "$@" -c "$NAMES" -w 20 > /dev/null
  [ "${kind[$id]}" != dnsguard ] || { client "$id" "$@" -l "$WARM" -w 200 > /dev/null; sleep 0.3; }
  client "$id" "$@" -l 1 -w 200 > /dev/null
  runs "$id" || true
}

alive() { local id; for id in "$@"; do [ -n "${failed[$id]:-}" ] || echo "$id"; done; }

# rounds GROUP CASE MODES ARGUMENTS... with $ids: each mode in each round, the servers in turn, so that a busy neighbour hits all of them.
rounds() {
  local group=$1 case=$2 modes=$3 round turn mode list
  shift 3
  mapfile -t list < <(alive "${ids[@]}")
  for ((round = 0; round < ROUNDS; round++)); do
    progress "$group, $case: round $((round + 1)) of $ROUNDS"
    for ((turn = 0; turn < ${#list[@]}; turn++)); do
      local id=${list[$(((turn + round) % ${#list[@]}))]}
      for mode in $modes; do
        runs "$id" || { facts "$group" "$case" "$id"; continue; }
        case $mode in
          closed) measured "$group" "$case" "$id" "$round" closed "${asking:-client}" "$id" "$@" -l "$SECONDS_EACH" -w 200 ;;
          open) measured "$group" "$case" "$id" "$round" open "${asking:-client}" "$id" "$@" -l "$SECONDS_EACH" -r "$RATE" ;;
        esac
      done
    done
  done
}

stop_authority() { kill "$authority" 2>/dev/null || true; wait "$authority" 2>/dev/null || true; forget "$authority"; rm -rf "$work"/authority.*; }
