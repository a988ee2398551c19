import { Link } from 'react-router';
import { formatCount, formatShare } from '../../parts/format';

interface Summary {
  queries: number;
  allowed: number;
  audited: number;
  blocked: number;
  refused: number;
  failed: number;
  clients: number;
  names: number;
  lost: number;
}

/** The numbers of the span; each leads to its queries. */
export function Tiles({ summary, log }: { summary: Summary; log: (filter: Record<string, string>) => string }) {
  const share = (part: number) => formatShare(part, summary.queries);
  const tiles = [
    { label: 'queries', value: summary.queries, href: log({}) },
    { label: `allowed · ${share(summary.allowed)}`, value: summary.allowed, href: log({ outcome: 'allowed' }) },
    { label: `blocked · ${share(summary.blocked)}`, value: summary.blocked, href: log({ outcome: 'blocked' }) },
    ...(summary.audited > 0
      ? [{ label: `audited · ${share(summary.audited)}`, value: summary.audited, href: log({ outcome: 'audited' }) }]
      : []),
    ...(summary.refused > 0
      ? [{ label: `refused · ${share(summary.refused)}`, value: summary.refused, href: log({ outcome: 'refused' }) }]
      : []),
    { label: 'failed (SERVFAIL)', value: summary.failed, href: log({ responseCode: 'SERVFAIL' }) },
    { label: 'clients', value: summary.clients },
    { label: 'names', value: summary.names },
    ...(summary.lost > 0 ? [{ label: 'rows lost to load', value: summary.lost }] : []),
  ];
  return (
    <div className="dg-tiles">
      {tiles.map(({ label, value, href }) => {
        const body = (
          <>
            <b>{formatCount(value)}</b>
            <span>{label}</span>
          </>
        );
        return (
          <div className="dg-tile" key={label}>
            {href ? <Link to={href}>{body}</Link> : body}
          </div>
        );
      })}
    </div>
  );
}
