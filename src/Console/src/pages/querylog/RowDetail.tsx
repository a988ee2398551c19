import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { Link } from 'react-router';
import type { QueryRow } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { formatMicroseconds, formatMoment, formatWord } from '../../parts/format';
import { RuleLink } from '../../rules/RuleLink';
import type { RowActions } from './LogRow';

/** Codes of RFC 8914 that this server gives, in words. */
const extendedErrors: Record<number, string> = {
  3: 'Stale answer',
  4: 'Forged answer',
  6: 'DNSSEC bogus',
  7: 'Signature expired',
  8: 'Signature not yet valid',
  9: 'DNSKEY missing',
  10: 'RRSIGs missing',
  12: 'NSEC missing',
  15: 'Blocked',
  16: 'Censored',
  17: 'Filtered',
  18: 'Prohibited',
  19: 'Stale NXDOMAIN answer',
  20: 'Not authoritative',
  22: 'No reachable authority',
  23: 'Network error',
  27: 'Unsupported NSEC3 iterations',
};

/** Everything that is known of one query. */
export function RowDetail({ row, actions }: { row: QueryRow; actions: RowActions }) {
  const facts: [string, React.ReactNode][] = [
    ['When', formatMoment(new Date(row.at))],
    [
      'Client',
      <>
        <Mono>{row.client}</Mono> over {row.transport.toUpperCase()}
        {row.group && `, group ${row.group}`}
      </>,
    ],
    ['Decided by', <RuleLink rule={row.rule} reason={row.reason} />],
    ['Reason', `${formatWord(row.reason)}, at revision ${row.revision}`],
    [
      'Response',
      `${row.responseCode}${row.extendedError == null ? '' : `, extended error ${row.extendedError}${extendedErrors[row.extendedError] ? ` (${extendedErrors[row.extendedError]})` : ''}`}`,
    ],
    ['Answered from', formatWord(row.source)],
  ];
  if (row.durationMicroseconds > 0)
    facts.push([
      'Took',
      `${formatMicroseconds(row.durationMicroseconds)}${row.holdMicroseconds > 0 ? `, of that ${formatMicroseconds(row.holdMicroseconds)} until its addresses were open` : ''}`,
    ]);
  if (row.addresses.length > 0)
    facts.push([
      'Addresses',
      row.addresses.map(one => (
        <div key={one}>
          <Link className="dg-link" to={`/grants?address=${encodeURIComponent(one)}`}>
            <Mono>{one}</Mono>
          </Link>
        </div>
      )),
    ]);
  if (row.aliases.length > 0)
    facts.push([
      'Aliases',
      row.aliases.map(one => (
        <div key={one}>
          <Mono>{one}</Mono>
        </div>
      )),
    ]);
  if (row.request) facts.push(['Request id', <Mono key="request">{row.request}</Mono>]);

  return (
    <>
      <dl className="dg-facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="dg-row" style={{ marginBlockStart: 12 }}>
        <span className="dg-soft">Only:</span>
        <button type="button" className="dg-link" onClick={() => actions.filter('name', `=${row.name}`)}>
          this name
        </button>
        <button type="button" className="dg-link" onClick={() => actions.filter('client', row.client)}>
          this client
        </button>
        {row.group && (
          <button type="button" className="dg-link" onClick={() => actions.filter('group', row.group ?? '')}>
            this group
          </button>
        )}
        {row.rule && (
          <button type="button" className="dg-link" onClick={() => actions.filter('rule', row.rule ?? '')}>
            this rule
          </button>
        )}
        <CopyToClipboard
          variant="inline"
          textToCopy={JSON.stringify(row, null, 2)}
          textToDisplay="Copy as JSON"
          copyButtonAriaLabel="Copy as JSON"
          copySuccessText="Copied"
          copyErrorText="The browser did not allow it"
        />
      </div>
    </>
  );
}
