# The installed tree → a package for dpkg.
#   make_deb TREE OUTPUT VERSION ARCH WORK

make_deb() {
  local tree=$1 output=$2 version=$3 arch=$4 root=$5/deb
  cp -R "$tree" "$root"
  mkdir -p "$root/lib/systemd/system" "$root/DEBIAN"
  cp config/dnsguard.service "$root/lib/systemd/system/"
  cp packaging/debian/{conffiles,postinst,prerm,postrm} "$root/DEBIAN/"
  local size
  # In files' octets: what a file system takes for them differs from one to the next.
  size=$(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{sum += int(($1 + 1023) / 1024)} END {print sum}')
  sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" packaging/debian/control > "$root/DEBIAN/control"
  find "$root" -type d -exec chmod 755 {} +
  chmod 644 "$root"/DEBIAN/{control,conffiles} "$root/lib/systemd/system/dnsguard.service"
  chmod 755 "$root"/DEBIAN/{postinst,prerm,postrm}
  (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) > "$5/md5sums"
  mv "$5/md5sums" "$root/DEBIAN/md5sums"
  chmod 644 "$root/DEBIAN/md5sums"
  # Times newer than SOURCE_DATE_EPOCH are set to it by dpkg-deb; all of ours are, having just been made.
  dpkg-deb --root-owner-group -Zzstd -z10 --build "$root" "$output" >/dev/null
}
