import { useQuery } from '@tanstack/react-query';
import { api, take } from './client';
import { readGroups, readLists } from './policy';

/** The version and the revision in force, looked at every few seconds: how the console notices edits of others, and that the server is gone. */
export function useVersion() {
  return useQuery({ queryKey: ['version'], queryFn: () => take(api.GET('/api/v1/version')), refetchInterval: 3_000, retry: false });
}

export function useGroups(enabled = true) {
  return useQuery({ queryKey: ['policy', 'groups'], queryFn: readGroups, enabled });
}

export function useLists(enabled = true) {
  return useQuery({ queryKey: ['policy', 'lists'], queryFn: readLists, enabled });
}

export function useTargets(enabled = true) {
  return useQuery({
    queryKey: ['targets'],
    queryFn: () => take(api.GET('/api/v1/targets')).then(page => page.items),
    refetchInterval: 5_000,
    enabled,
  });
}
