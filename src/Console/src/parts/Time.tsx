import { useSyncExternalStore } from 'react';
import { formatMoment, formatRelative } from './format';

let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, 5_000);

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The time, renewed every few seconds for all that show it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** How long ago, with the moment itself on hover. */
export function Time({ at }: { at: string }) {
  const moment = new Date(at);
  // A row may be younger than the last tick.
  return (
    <time dateTime={at} title={`${formatMoment(moment)} (${at})`} className="dg-time">
      {formatRelative(moment.getTime(), Math.max(useNow(), Math.min(Date.now(), moment.getTime())))}
    </time>
  );
}
