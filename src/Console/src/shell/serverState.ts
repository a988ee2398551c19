import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useVersion } from '../api/queries';
import { formatClock } from '../parts/format';

async function readReadiness(): Promise<string[]> {
  const response = await fetch('/readyz?verbose');
  if (!response.ok) return ['not ready'];
  const lines = (await response.text()).trim().split('\n');
  return lines[0] === 'ready' ? [] : lines.filter(line => line.startsWith('target ') && !/\): ready\b|\): ok\b/.test(line));
}

/** What the shell says about the server itself: it is away, or something of it is in trouble. */
export function useServerState(): { revision: number | undefined; flashes: FlashbarProps.MessageDefinition[] } {
  const version = useVersion();
  const readiness = useQuery({ queryKey: ['readyz'], queryFn: readReadiness, refetchInterval: 10_000, retry: false });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const revision = version.data?.revision;
  const before = useRef(revision);

  // Somebody has edited the policy: what was read of it is old.
  useEffect(() => {
    if (before.current !== undefined && before.current !== revision) void queries.invalidateQueries({ queryKey: ['policy'] });
    before.current = revision;
  }, [revision, queries]);

  const flashes: FlashbarProps.MessageDefinition[] = [];
  if (version.isError && version.data)
    flashes.push({
      id: 'away',
      type: 'warning',
      header: 'The server does not answer',
      content: `What you see is as of ${formatClock(new Date(version.dataUpdatedAt))}. It is tried again every few seconds.`,
    });
  else if (readiness.data && readiness.data.length > 0)
    flashes.push({
      id: 'degraded',
      type: 'warning',
      header: 'Degraded',
      // The heading says already that it is degraded.
      content: readiness.data.map(line => line.replace(/^target /, '').replace('): degraded: ', '): ')).join('; '),
      buttonText: 'Show targets',
      onButtonClick: () => navigate('/targets'),
    });
  return { revision, flashes };
}
