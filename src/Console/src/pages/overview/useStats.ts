import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';

const every = 5_000;

/** From when on, counted back from now; to the full minute for long spans, so that charts do not tremble. */
function since(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString();
}

/** Numbers of the last so many seconds, renewed every few seconds. */
export function useSummary(seconds: number) {
  return useQuery({
    queryKey: ['stats', 'summary', seconds],
    queryFn: () => take(api.GET('/api/v1/stats/summary', { params: { query: { since: since(seconds) } } })),
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });
}

export function useTimeseries(seconds: number) {
  return useQuery({
    queryKey: ['stats', 'timeseries', seconds],
    queryFn: () => take(api.GET('/api/v1/stats/timeseries', { params: { query: { since: since(seconds) } } })),
    refetchInterval: every * 2,
    placeholderData: keepPreviousData,
  });
}

export function useTop(seconds: number, by: string, filter: Record<string, string> = {}) {
  return useQuery({
    queryKey: ['stats', 'top', seconds, by, filter],
    queryFn: () =>
      take(api.GET('/api/v1/stats/top', { params: { query: { since: since(seconds), by, limit: 8, ...filter } } })).then(
        body => body.items,
      ),
    refetchInterval: every * 2,
    placeholderData: keepPreviousData,
  });
}

export function useRecentBlocked(seconds: number) {
  return useQuery({
    queryKey: ['stats', 'recent', seconds],
    queryFn: () =>
      take(api.GET('/api/v1/stats/recent-blocked', { params: { query: { since: since(seconds), limit: 12 } } })).then(body => body.items),
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });
}
