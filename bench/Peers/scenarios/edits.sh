# What does an edit of a large policy do to those who ask meanwhile? Open loop at $RATE; lost queries and the longest time without any answer.
scenario_edits() {
  names_of "$big"
  rpz_of "$big"
  zone_file
  authority
  policy_of "$work/edits.yaml" "$big" 1
  sed '$ a\    rules: [{allow: put.example.net}]' "$work/edits.yaml" > "$work/put.yaml"
  local asked="$work/asked.$big" id
  ids=()
  peer dnsguard dnsguard DnsGuard policy="$work/edits.yaml"
  peer unbound unbound "Unbound, local-zone" as=zone names="$work/names.$big"
  peer pdns pdns "PowerDNS Recursor, RPZ" names="$work/names.$big"
  for id in $(alive "${ids[@]}"); do warm "$id" -f "$asked"; done
  for id in "${ids[@]}"; do facts edits "nothing" "$id"; done
  while_editing dnsguard nothing true
  while_editing dnsguard "ten single edits" single_edits
  while_editing dnsguard "the whole policy" put_policy
  while_editing dnsguard "restore of a revision" restore_revision
  while_editing unbound nothing true
  while_editing unbound reload unbound-control -c "$work/unbound/unbound.conf" reload
  while_editing pdns nothing true
  while_editing pdns reload rec_control --socket-dir="$work/pdns" reload-lua-config
  end_all
  stop_authority
}

# while_editing ID CASE COMMAND...: asks from before the command until EDIT_AFTER seconds after it.
while_editing() {
  local id=$1 case=$2 asking begin end status=0
  shift 2
  [ -n "${loaded[$id]:-}" ] && [ -z "${failed[$id]}" ] || return 0
  progress "edits, ${label[$id]}: $case"
  client "$id" -f "$work/asked.$big" -r "$RATE" -l "$EDIT_MOST" > "$work/edit.line" &
  asking=$!
  pids+=("$asking")
  sleep 1
  begin=$(date +%s%N)
  "$@" > "$work/edit.log" 2>&1 || status=$?
  end=$(date +%s%N)
  [ "$status" = 0 ] || { progress "that edit failed:"; tail -n 3 "$work/edit.log" >&2; }
  sleep "$EDIT_AFTER"
  kill -TERM "$(family "$asking" | tail -n 1)"
  wait "$asking" || true
  forget "$asking"
  note edits "$case" "$id" 0 open $(< "$work/edit.line") "took=$(((end - begin) / 1000000))" "failed_edit=$status" "rss=$(resident "$id")"
}
EDIT_AFTER=${EDIT_AFTER:-3} EDIT_MOST=${EDIT_MOST:-90}

api() { ip netns exec "$here" taskset -c 1 curl -sS -f -m "$EDIT_MOST" -H 'If-Match: *' "$@"; }
base() { echo "http://127.0.0.1:${control[dnsguard]}/api/v1"; }
single_edits() {
  local i
  for i in 1 2 3 4 5 6 7 8 9 10; do
    api -X POST "$(base)/groups/default/rules" -H 'Content-Type: application/json' -d "{\"allow\": \"single$i.example.net\"}" || return
    sleep 0.1
  done
}
put_policy() { api -X PUT "$(base)/policy" -H 'Content-Type: application/yaml' --data-binary "@$work/put.yaml" -o /dev/null; }
restore_revision() {
  local number
  number=$(api "$(base)/policy/revisions?limit=100" | grep -oE '"number": ?[0-9]+' | grep -oE '[0-9]+' | sort -n | head -1)
  api -X POST "$(base)/policy/revisions/$number:restore"
}
