# Sourced by cold and soak, after lib.sh: the small Internet of tests/Lab, and ways to ask in it.
internet_packages=(nftables iproute2 nsd knot knot-dnsutils bind9 bind9-dnsutils bind9-utils pdns-server pdns-backend-bind ldnsutils unbound knot-resolver pdns-recursor dnsperf curl procps util-linux)

# build_internet: it starts what lies in the projects' own output folders.
build_internet() {
  [ -n "${NO_BUILD:-}" ] || { dotnet build "$root/tests/Lab" -c Release --nologo -v quiet -clp:NoSummary && dotnet build "$root/src/Host" -c Release --nologo -v quiet -clp:NoSummary; } > "$work/build.log" 2>&1 || die "tests/Lab does not build"
}

# internet RESOLVERS: starts it with these resolvers (comma-separated). Sets $space, $place and $anchor.
internet() {
  build_internet
  dotnet "$root/tests/Lab/bin/Release/net10.0/Lab.dll" internet serve --only "$1" > "$work/internet.log" 2>&1 &
  # Last to be ended: it takes down its own namespaces.
  pids+=("$!")
  local try
  for try in $(seq 600); do
    ! grep -q '^ready' "$work/internet.log" || break
    kill -0 "${pids[-1]}" 2>/dev/null || die "the small Internet did not start"
    sleep 0.2
  done
  grep -q '^ready' "$work/internet.log" || die "the small Internet did not start"
  space=$(sed -n 's/.*ip netns exec \([^ ]*\) .*/\1/p' "$work/internet.log" | head -1)
  place=$(sed -n 's/^files *//p' "$work/internet.log")
  anchor=$(sed -n 's/^anchor *//p' "$work/internet.log")
}

# plain: the zones in which nothing is wrong, one a line.
plain() { (cd "$place/zones" && printf '%s\n' z[0-9]*.zone | sed 's/\.zone$//'); }

# odd: all the others.
odd() { (cd "$place/zones" && printf '%s\n' *.zone | grep -vE '^z[0-9]+\.' | sed 's/\.zone$//'); }

# process PATTERN: the pid of a process inside the resolvers' namespace.
process() {
  local each
  for each in $(ip netns pids "$space"); do
    ! tr '\0' ' ' < "/proc/$each/cmdline" 2>/dev/null | grep -q "$1" || { echo "$each"; return; }
  done
}

# ticks PID: clock ticks in user and system mode, all threads together.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
