import { Link } from 'react-router';
import type { RecentBlocked } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { formatCount, formatWord, plural } from '../../parts/format';
import { Empty } from '../../parts/States';
import { Time } from '../../parts/Time';
import type { AllowRequest } from '../../rules/AllowDialog';
import { RuleLink } from '../../rules/RuleLink';
import { useAccess } from '../../shell/access';

interface Props {
  items: RecentBlocked[];
  onAllow: (request: AllowRequest) => void;
  log: (filter: Record<string, string>) => string;
}

/** What was blocked last. */
export function RecentBlockedTable({ items, onAllow, log }: Props) {
  const mayEdit = useAccess().may('policy:write');
  if (items.length === 0) return <Empty title="Nothing was blocked in this span">Every name that was asked for is allowed.</Empty>;
  return (
    <table className="dg-log dg-recent">
      <thead>
        <tr>
          <th className="dg-c-time">Last</th>
          <th className="dg-c-name">Name</th>
          <th className="dg-c-client">Group</th>
          <th className="dg-c-why">Why</th>
          <th className="dg-c-count">Queries</th>
          <th className="dg-c-act">
            <span className="dg-hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map(one => (
          <tr key={`${one.group}/${one.name}`} className="dg-query">
            <td className="dg-c-time">
              <Time at={one.lastSeen} />
            </td>
            <td className="dg-c-name">
              <Link className="dg-link" to={log({ name: `=${one.name}`, ...(one.group && { group: one.group }) })} title={one.name}>
                <Mono strong>{one.name}</Mono>
              </Link>{' '}
              <span className="dg-soft">{one.type}</span>
              <span className="dg-line2">
                <Time at={one.lastSeen} /> · {one.group} · {formatWord(one.reason)} · {plural(one.queries, 'query', 'queries')}
              </span>
            </td>
            <td className="dg-c-client">
              {one.group} <span className="dg-soft">{one.clients === 1 ? <Mono>{one.client}</Mono> : plural(one.clients, 'client')}</span>
            </td>
            <td className="dg-c-why">
              <RuleLink rule={one.rule} reason={one.reason} />
            </td>
            <td className="dg-c-count">{formatCount(one.queries)}</td>
            <td className="dg-c-act">
              {one.allowedNow ? (
                <Tag tone="good">Allowed by now</Tag>
              ) : (
                mayEdit &&
                one.group && (
                  <button
                    type="button"
                    className="dg-act"
                    aria-label={`Allow ${one.name}…`}
                    onClick={() => onAllow({ ...one, group: one.group ?? '' })}
                  >
                    Allow…
                  </button>
                )
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
