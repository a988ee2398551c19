import { useCallback, useEffect, useRef, useState } from 'react';
import type { QueryRow } from '../../api/types';

const kept = 250;
const flushEvery = 250;

export interface LiveTail {
  rows: QueryRow[];
  /** Rows that came while it was paused, at most as many as are kept. */
  waiting: number;
  /** Rows a second, over the last few seconds. */
  rate: number;
  /** Rows that the server left out, since there were too many. */
  dropped: number;
  state: 'off' | 'connecting' | 'open' | 'lost';
  clear: () => void;
}

const nothing = { rows: [] as QueryRow[], waiting: 0, rate: 0, dropped: 0 };

/** Rows as they happen, the newest first. They are shown four times a second however many there are. */
export function useLiveTail(address: string, isOn: boolean, isPaused: boolean): LiveTail {
  const [shown, setShown] = useState(nothing);
  const [state, setState] = useState<LiveTail['state']>('off');
  const buffer = useRef<QueryRow[]>([]);
  const paused = useRef(isPaused);
  paused.current = isPaused;

  useEffect(() => {
    buffer.current = [];
    setShown(nothing);
    if (!isOn) {
      setState('off');
      return;
    }

    let dropped = 0;
    let counts: number[] = [];
    let arrived = 0;
    setState('connecting');
    const source = new EventSource(address);
    source.onopen = () => setState('open');
    source.onerror = () => setState('lost');
    source.addEventListener('query', event => {
      arrived++;
      buffer.current.push(JSON.parse(event.data) as QueryRow);
      if (buffer.current.length > kept * 2) buffer.current = buffer.current.slice(-kept);
    });
    source.addEventListener('dropped', event => {
      dropped += (JSON.parse(event.data) as { rows: number }).rows;
    });
    const timer = setInterval(() => {
      counts = [...counts, arrived].slice(-12);
      arrived = 0;
      const rate = Math.round(counts.reduce((sum, one) => sum + one, 0) / (counts.length * (flushEvery / 1_000)));
      setShown(before => {
        if (paused.current) {
          const waiting = Math.min(buffer.current.length, kept);
          return before.waiting === waiting && before.rate === rate ? before : { ...before, waiting, rate, dropped };
        }
        if (buffer.current.length === 0 && before.rate === rate && before.dropped === dropped && before.waiting === 0) return before;
        const fresh = buffer.current.slice(-kept).reverse();
        buffer.current = [];
        return { rows: fresh.length > 0 ? [...fresh, ...before.rows].slice(0, kept) : before.rows, waiting: 0, rate, dropped };
      });
    }, flushEvery);
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [address, isOn]);

  const clear = useCallback(() => setShown(before => ({ ...before, rows: [] })), []);
  return { ...shown, state, clear };
}
