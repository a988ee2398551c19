# Sourced by bench/*/run: packages, builds, namespaces, processes; and all of it undone at the end, however that comes.
set -euo pipefail

# A session of its own, ahead of whatever else this machine is doing: where sessions are scheduled as groups, nice alone counts only within one.
if [ -z "${DNSGUARD_BENCH_SESSION:-}" ]; then
  DNSGUARD_BENCH_SESSION=1 setsid bash "$0" "$@" &
  inner=$!
  trap 'kill -TERM "$inner" 2>/dev/null || true' INT TERM HUP
  status=0
  wait "$inner" || status=$?
  # A signal ends the wait, not the run: it still has to undo what it did.
  while kill -0 "$inner" 2>/dev/null; do status=0; wait "$inner" || status=$?; done
  exit "$status"
fi
{ [ ! -e /proc/self/autogroup ] || echo -15 > "/proc/$$/autogroup"; } 2>/dev/null || true

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench")
build=$bench/.build
work=$(mktemp -d "${TMPDIR:-/tmp}/dnsguard-bench.XXXXXX")
pids=()
spaces=()
zone=hold.example
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C

cleanup() {
  local status=$?
  trap - EXIT INT TERM HUP
  local each
  for each in "${pids[@]}"; do kill "$each" 2>/dev/null || true; done
  for each in "${pids[@]}"; do
    timeout 10 tail --pid="$each" -f /dev/null || kill -KILL "$each" 2>/dev/null || true
  done
  for each in "${spaces[@]}"; do ip netns del "$each" 2>/dev/null || true; done
  if [ "$status" -ne 0 ]; then
    for each in "$work"/*.log; do
      [ ! -s "$each" ] || { echo "--- ${each##*/}"; tail -n 15 "$each"; } >&2
    done
  fi
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

die() { echo "$(basename "$(dirname "$0")")/run: $*" >&2; exit 2; }

# packages NAME...: installs what is missing, without starting any service.
packages() {
  [ "$(id -u)" = 0 ] || die "network namespaces need root"
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing"
  [ "$(nproc)" -ge 2 ] || die "two processors are needed: one for the servers, one for the load"
  local missing=() each ours=
  for each in "$@"; do
    dpkg-query -W -f='${Status}' "$each" 2>/dev/null | grep -q 'install ok installed' || missing+=("$each")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing ${missing[*]}" >&2
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    ours=1
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } > "$work/apt.log" 2>&1 || { [ -z "$ours" ] || rm -f /usr/sbin/policy-rc.d; die "apt-get failed"; }
  [ -z "$ours" ] || rm -f /usr/sbin/policy-rc.d
}

# build PROJECT: Release, into bench/.build, so that builds elsewhere neither disturb this one nor are disturbed.
build() {
  [ -z "${NO_BUILD:-}" ] || return 0
  # The product as it is installed, compiled ahead.
  if [ "$1" = src/Host ]; then "$root/publish" "$build/product" > "$work/build.log" 2>&1 || die "$1 does not build"; return; fi
  dotnet build "$root/$1" -c Release --artifacts-path "$build" --nologo -v quiet -clp:NoSummary > "$work/build.log" 2>&1 || die "$1 does not build"
}

# space NAME: a network namespace with loopback up.
space() {
  ip netns add "$1"
  spaces+=("$1")
  ip -n "$1" link set lo up
}

# The product, as all of bench starts it: publish and say how it is run in this one place.
product=(env DOTNET_gcServer=0 dotnet "$build/product/dnsguard.dll")
build_product() { build src/Host; }

# start LOG SPACE COMMAND...: a server on processor 0 (or $cpu), ahead of whatever else this machine is doing. Sets $started to its pid.
start() {
  local log=$work/$1.log where=$2
  shift 2
  ip netns exec "$where" taskset -c "${cpu:-0}" nice -n -15 "$@" > "$log" 2>&1 &
  started=$!
  pids+=("$started")
}

# await SPACE PORT: until somebody listens for UDP there.
await() {
  local try
  for try in $(seq 200); do
    [ -z "$(ip netns exec "$1" ss -Hlun "sport = :$2")" ] || return 0
    sleep 0.1
  done
  die "nobody listens on port $2"
}

# load SPACE COMMAND...: a client on processor 1.
load() {
  local where=$1
  shift
  ip netns exec "$where" taskset -c 1 nice -n -15 "$@"
}

# fill FILE COUNT: the zone's master file; every name has an address of its own, from a range that is nobody's special one.
fill() {
  {
    printf '$ORIGIN %s.\n$TTL 3600\n@ SOA ns.%s. hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 100.63.0.1\n' "$zone" "$zone"
    awk -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "n%d A 100.%d.%d.%d\n", i, 1 + int(i / 65536), int(i / 256) % 256, i % 256 }'
  } > "$1"
}

# nsd SPACE ADDRESS...: the authoritative server everybody asks.
nsd() {
  local where=$1 each
  shift
  {
    echo "server:"
    for each in "$@"; do echo "  ip-address: $each"; done
    sed -e "s#@WORK@#$work#g" -e "s#@ZONE@#$zone#g" "$bench/configs/nsd.conf"
  } > "$work/nsd.conf"
  start nsd "$where" /usr/sbin/nsd -d -c "$work/nsd.conf"
  await "$where" 53
}

# metric SPACE NAME: one number from DnsGuard's /metrics.
metric() { ip netns exec "$1" curl -sf http://127.0.0.1:8053/metrics | awk -v name="$2" '$1 == name { print $2 }'; }

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

machine() {
  echo "$(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), Linux $(uname -r), .NET $(dotnet --version), load average at the start $load_before"
}
load_before=$(cut -d' ' -f1 /proc/loadavg)

revision() { git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown; git -C "$root" diff --quiet HEAD -- src 2>/dev/null || echo "+ changes"; }
