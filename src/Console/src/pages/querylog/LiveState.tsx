import Button from '@cloudscape-design/components/button';
import { formatCount } from '../../parts/format';
import type { LiveTail } from './useLiveTail';

const words = { off: 'Off', connecting: 'Connecting', open: 'Live', lost: 'Connection lost; trying again' };

/** How the live tail is doing, and a button to hold it still. */
export function LiveState({ tail, isPaused, onPause }: { tail: LiveTail; isPaused: boolean; onPause: (isPaused: boolean) => void }) {
  const dot = tail.state === 'open' && !isPaused ? 'dg-dot dg-dot-on' : tail.state === 'lost' ? 'dg-dot dg-dot-off' : 'dg-dot';
  return (
    <span className="dg-row">
      <span className="dg-live">
        <span className={dot} />
        {isPaused ? `Paused${tail.waiting > 0 ? `, ${tail.waiting} waiting` : ''}` : words[tail.state]}
        {tail.state === 'open' && ` · ${formatCount(tail.rate)}/s`}
        {tail.dropped > 0 && ` · ${formatCount(tail.dropped)} left out`}
      </span>
      <Button variant="inline-link" onClick={() => onPause(!isPaused)}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button variant="inline-link" onClick={tail.clear}>
        Clear
      </Button>
    </span>
  );
}
