# The installed tree → an image in OCI layout (image-spec v1.1), with tar, gzip and sha256sum alone.
#   make_oci TREE OUTPUT VERSION ARCH WORK

# What the program needs from outside: ldd of its files, libcrypto, which it opens itself, certificates and time zones.
libraries=(libc6 libgcc-s1 libstdc++6 libssl3 ca-certificates tzdata)
nobody=65532

make_oci() {
  local tree=$1 output=$2 version=$3 arch=$4 work=$5
  mkdir -p "$work/oci/blobs/sha256" "$work"/{base,app,state}
  base_files "$work/base" "$work/debs"
  cp -R "$tree/." "$work/app"
  # 127.0.0.1 of a container is nobody else's.
  sed -i 's/^  listen: \[127\.0\.0\.1:5300\]/  listen: [0.0.0.0:5300]  /' "$work/app/etc/dnsguard/dnsguard.yaml"
  # The folders above are the base's, and root's.
  mkdir -p "$work"/state/{var/lib,run}/dnsguard
  chmod 700 "$work/state/var/lib/dnsguard"

  local -a diffs=() layers=()
  add_layer "$work" base 0 .
  add_layer "$work" app 0 etc usr
  add_layer "$work" state $nobody var/lib/dnsguard run/dnsguard

  local created config manifest
  created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
  config=$(add_blob "$work" <<< "{\"created\":\"$created\",\"architecture\":\"$arch\",\"os\":\"linux\",\"config\":{\"User\":\"$nobody:$nobody\",\"ExposedPorts\":{\"5300/udp\":{},\"5300/tcp\":{}},\"Env\":[\"PATH=/usr/bin:/bin\",\"SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\"],\"Entrypoint\":[\"/usr/bin/dnsguard\"],\"Cmd\":[\"serve\",\"--config\",\"/etc/dnsguard/dnsguard.yaml\"],\"WorkingDir\":\"/var/lib/dnsguard\",\"Volumes\":{\"/var/lib/dnsguard\":{}},\"StopSignal\":\"SIGTERM\",\"Labels\":{\"org.opencontainers.image.title\":\"dnsguard\",\"org.opencontainers.image.version\":\"$version\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$(joined "${diffs[@]}")]}}")
  manifest=$(add_blob "$work" <<< "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":$(descriptor "$work" application/vnd.oci.image.config.v1+json "$config"),\"layers\":[$(joined "${layers[@]}")]}")
  printf '{"imageLayoutVersion":"1.0.0"}' > "$work/oci/oci-layout"
  local named
  named=$(descriptor "$work" application/vnd.oci.image.manifest.v1+json "$manifest")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,"platform":{"architecture":"%s","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"%s"}}]}' "${named%\}}" "$arch" "$version" > "$work/oci/index.json"
  same_tar 0 -C "$work/oci" -cf "$output" .
}

# Debian's files without Debian: libraries, certificates in one file, time zones, and the names of two users.
base_files() {
  local root=$1 debs=$2 deb
  mkdir -p "$debs" "$root"/{etc/ssl/certs,proc,run,tmp,usr/lib,usr/lib64,var/lib}
  (cd "$debs" && apt-get download -qq "${libraries[@]}" 2>"$debs/log") || { cat "$debs/log" >&2; exit 2; }
  # As on every Debian: what says /lib means /usr/lib.
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  for deb in "$debs"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink
  done
  find "$root/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat > "$root/etc/ssl/certs/ca-certificates.crt"
  # Documentation, characters of other alphabets, and Debian's own tools are of no use here; licences stay.
  rm -rf "$root"/usr/{sbin,share/lintian,share/man,share/ca-certificates} "$root/usr/lib/x86_64-linux-gnu"/{gconv,audit,engines-3} "$root/etc/ld.so.conf.d" "$root/sbin"
  find "$root/usr/share/doc" -type f ! -name copyright -delete
  printf 'root:x:0:0:root:/:/usr/sbin/nologin\ndnsguard:x:%s:%s:dnsguard:/var/lib/dnsguard:/usr/sbin/nologin\n' $nobody $nobody > "$root/etc/passwd"
  printf 'root:x:0:\ndnsguard:x:%s:\n' $nobody > "$root/etc/group"
  chmod 1777 "$root/tmp"
}

# What lies in a folder → a layer; adds to diffs and layers.
add_layer() {
  local work=$1 name=$2 owner=$3 digest
  shift 3
  same_tar "$owner" -C "$work/$name" -cf "$work/$name.tar" "$@"
  diffs+=("\"sha256:$(digest_of "$work/$name.tar")\"")
  digest=$(gzip -n -6 -c "$work/$name.tar" | add_blob "$work")
  layers+=("$(descriptor "$work" application/vnd.oci.image.layer.v1.tar+gzip "$digest")")
}

# Reads a blob, names it by what it is, and says the name.
add_blob() {
  local digest
  cat > "$1/blob"
  digest=$(digest_of "$1/blob")
  mv "$1/blob" "$1/oci/blobs/sha256/$digest"
  echo "$digest"
}

descriptor() { printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$2" "$3" "$(stat -c %s "$1/oci/blobs/sha256/$3")"; }

digest_of() { sha256sum "$1" | cut -d' ' -f1; }

joined() { local IFS=,; echo "$*"; }

# The same octets from the same files, whoever packs them and when.
same_tar() { local owner=$1; shift; tar --format=gnu --sort=name --owner="$owner" --group="$owner" --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" "$@"; }
