# The program and its files as they lie on an installed node.
#   install_tree PUBLISHED ROOT

install_tree() {
  local published=$1 root=$2
  mkdir -p "$root"/usr/{bin,lib/dnsguard} "$root"/usr/share/{dnsguard,doc/dnsguard} "$root/etc/dnsguard"
  cp -R "$published/." "$root/usr/lib/dnsguard"
  # Nobody reads these there; the last one wants a library (LTTng) that nothing else does.
  rm -f "$root"/usr/lib/dnsguard/{*.xml,*.pdb,libcoreclrtraceptprovider.so}
  ln -s ../lib/dnsguard/dnsguard "$root/usr/bin/dnsguard"
  installed_config > "$root/etc/dnsguard/dnsguard.yaml"
  cp config/policy.yaml "$root/etc/dnsguard/"
  cp -R config/{grafana,prometheus,policy.schema.json,example-target.py} "$root/usr/share/dnsguard/"
  cp docs/operations.md packaging/debian/copyright "$root/usr/share/doc/dnsguard/"
  find "$root" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  chmod 755 "$root"/usr/lib/dnsguard/{dnsguard,createdump} "$root/usr/share/dnsguard/example-target.py"
}
