import { Link } from 'react-router';
import { Mono } from '../parts/Badges';
import { formatCount } from '../parts/format';

export interface Bar {
  key: string;
  label?: string;
  value: number;
  note?: string;
  href: string;
}

/** A short list of the largest, each with its share of the largest. */
export function Bars({ bars, tone }: { bars: Bar[]; tone?: 'bad' }) {
  const most = Math.max(1, ...bars.map(bar => bar.value));
  return (
    <ol className="dg-bars">
      {bars.map(bar => (
        <li key={bar.key}>
          <Link className="dg-link" to={bar.href}>
            <Mono>{bar.label ?? bar.key}</Mono>
          </Link>
          <span>
            {bar.note && <span className="dg-soft">{bar.note} · </span>}
            {formatCount(bar.value)}
          </span>
          <span className="dg-bar" aria-hidden="true">
            <i className={tone === 'bad' ? 'dg-fill-bad' : undefined} style={{ width: `${(bar.value / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
