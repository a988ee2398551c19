# config/dnsguard.yaml as it is installed: the same options with the paths of an installed node.
#   installed_config         on stdout

installed_config() {
  sed -e 's|config/root\.hints   |/usr/lib/dnsguard/root.hints |' \
      -e 's|config/root\.anchors   |/usr/lib/dnsguard/root.anchors |' \
      -e 's|^  directory: var               |  directory: /var/lib/dnsguard |' \
      -e 's|^  directory: var/log|  directory: none   |' \
      -e 's|^policyFile: config/policy\.yaml       |policyFile: /etc/dnsguard/policy.yaml |' \
      -e 's|^# Relative paths start.*|# Durations: 250ms, 5s, 1m, 12h, 7d. Sizes: 64MiB, 1GiB. The journal has the log; name a directory such as /var/log/dnsguard for JSON files too.|' config/dnsguard.yaml
}
