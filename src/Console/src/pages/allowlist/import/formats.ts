/** What the server reads; see docs/exchange.md for what each can say. */
export const formats = [
  { value: 'plain', label: 'A plain list of names' },
  { value: 'route53', label: 'Route 53 DNS Firewall domain list' },
  { value: 'network-firewall', label: 'AWS Network Firewall domain list' },
  { value: 'rpz', label: 'Response policy zone' },
  { value: 'dnsmasq', label: 'dnsmasq' },
  { value: 'cilium', label: 'Cilium network policy' },
  { value: 'smokescreen', label: 'Smokescreen ACL' },
  { value: 'squid', label: 'Squid acl' },
];
