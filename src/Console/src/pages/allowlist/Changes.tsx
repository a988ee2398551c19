import type { PolicyChange } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { formatCount } from '../../parts/format';

/** Edits of the policy, one a line: where, what was there, what is there instead. */
export function Changes({ changes, count }: { changes: PolicyChange[]; count: number }) {
  return (
    <ul className="dg-changes">
      {changes.map(one => (
        <li key={one.path}>
          <Tag tone={one.before == null ? 'good' : one.after == null ? 'bad' : 'info'}>
            {one.before == null ? '+ added' : one.after == null ? '− removed' : '~ changed'}
          </Tag>{' '}
          <Mono>{one.path}</Mono>
          {one.before != null && <code className="dg-del">{one.before}</code>}
          {one.after != null && <code className="dg-add">{one.after}</code>}
        </li>
      ))}
      {count > changes.length && <li className="dg-soft">and {formatCount(count - changes.length)} more</li>}
    </ul>
  );
}
