import { useMemo } from 'react';
import { diffLines } from './diff';

const around = 3;

/** Two texts as one, with what differs and a little of what surrounds it. */
export function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => {
    const all = diffLines(before, after);
    const isNear = all.map((_, at) => all.slice(Math.max(0, at - around), at + around + 1).some(one => one.kind !== 'same'));
    return all
      .map((line, at) => ({ ...line, at, isNear: isNear[at], beginsGap: !isNear[at] && (at === 0 || isNear[at - 1]) }))
      .filter(line => line.isNear || line.beginsGap);
  }, [before, after]);
  return (
    // Scrolled with the keyboard, so it must take the focus.
    // see above
    <section className="dg-diff" tabIndex={0} aria-label={label}>
      {lines.map(line =>
        line.beginsGap ? (
          <div key={line.at} className="dg-gap">
            ⋯
          </div>
        ) : (
          <div key={line.at} className={line.kind === 'same' ? undefined : `dg-${line.kind}`}>
            {line.kind === 'add' ? '+ ' : line.kind === 'del' ? '− ' : '  '}
            {line.text}
          </div>
        ),
      )}
    </section>
  );
}
