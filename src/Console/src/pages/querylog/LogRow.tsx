import { memo } from 'react';
import type { QueryRow } from '../../api/types';
import { Mono, OutcomeBadge, Tag } from '../../parts/Badges';
import { formatLogTime, formatMicroseconds, formatMoment } from '../../parts/format';
import { RuleLink } from '../../rules/RuleLink';
import { RowDetail } from './RowDetail';

export interface RowActions {
  toggle: (id: number) => void;
  allow: (row: QueryRow) => void;
  filter: (key: string, value: string) => void;
}

interface Props {
  row: QueryRow;
  isOpen: boolean;
  mayEdit: boolean;
  actions: RowActions;
}

/** Was it turned away, or only let through since nothing is enforced? */
export function wantsRule(row: { outcome: string }): boolean {
  return row.outcome === 'blocked' || row.outcome === 'audited';
}

/** One line of the log, and what is behind it once it is opened. */
export const LogRow = memo(function LogRow({ row, isOpen, mayEdit, actions }: Props) {
  const at = new Date(row.at);
  const time = formatLogTime(at, new Date());
  return (
    <>
      <tr className={isOpen ? 'dg-query dg-open' : 'dg-query'}>
        <td className="dg-c-more">
          <button
            type="button"
            className="dg-plainbutton"
            aria-expanded={isOpen}
            aria-label={`Details of ${row.name} ${row.type}`}
            onClick={() => actions.toggle(row.id)}
          >
            <span className="dg-chevron" aria-hidden="true">
              ▸
            </span>
          </button>
        </td>
        <td className="dg-c-time" title={`${formatMoment(at)} (${row.at})`}>
          {time}
        </td>
        <td className="dg-c-client">
          <button type="button" className="dg-link" title={`Only ${row.client}`} onClick={() => actions.filter('client', row.client)}>
            <Mono>{row.client}</Mono>
          </button>{' '}
          <span className="dg-soft">{row.group}</span>
        </td>
        <td className="dg-c-name" title={`${row.name} ${row.type}`}>
          <Mono strong>{row.name}</Mono> <span className="dg-soft">{row.type}</span>
          {row.count > 1 && <span className="dg-soft"> ×{row.count}</span>}
          <span className="dg-line2">
            {time} · {row.client} · {row.group ?? 'no group'}
          </span>
        </td>
        <td className="dg-c-outcome">
          <OutcomeBadge outcome={row.outcome} />
        </td>
        <td className="dg-c-why">
          {row.responseCode !== 'NOERROR' && row.outcome === 'allowed' && (
            <>
              <Tag tone={row.responseCode === 'SERVFAIL' ? 'bad' : 'plain'}>{row.responseCode}</Tag>{' '}
            </>
          )}
          <RuleLink rule={row.rule} reason={row.reason} />
        </td>
        <td
          className="dg-c-took"
          title={row.holdMicroseconds > 0 ? `of that ${formatMicroseconds(row.holdMicroseconds)} until its addresses were open` : undefined}
        >
          {row.durationMicroseconds > 0 && formatMicroseconds(row.durationMicroseconds)}
        </td>
        <td className="dg-c-act">
          {wantsRule(row) && row.allowedNow && <Tag tone="good">Allowed by now</Tag>}
          {wantsRule(row) && !row.allowedNow && mayEdit && row.group && (
            <button type="button" className="dg-act" aria-label={`Allow ${row.name}…`} onClick={() => actions.allow(row)}>
              Allow…
            </button>
          )}
        </td>
      </tr>
      {isOpen && (
        <tr className="dg-detail">
          <td colSpan={8}>
            <RowDetail row={row} actions={actions} />
          </td>
        </tr>
      )}
    </>
  );
});
