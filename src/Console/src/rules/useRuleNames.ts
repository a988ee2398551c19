import { useMemo } from 'react';
import { useGroups, useLists } from '../api/queries';
import type { Holder, Rule } from '../api/types';
import { useAccess } from '../shell/access';

export interface KnownRule {
  holder: Holder;
  rule: Rule;
}

/** Finds a rule by what the log calls it: the name of its list or group, a slash, its id. */
export function useRuleNames(): (reference: string | null | undefined) => KnownRule | undefined {
  const mayRead = useAccess().may('policy:read');
  const groups = useGroups(mayRead).data;
  const lists = useLists(mayRead).data;
  const known = useMemo(() => {
    const map = new Map<string, KnownRule>();
    for (const [kind, holders] of [
      ['lists', lists?.body ?? []],
      ['groups', groups?.body ?? []],
    ] as const)
      for (const { name, rules } of holders)
        for (const rule of rules) if (rule.id) map.set(`${name}/${rule.id}`, { holder: { kind, name }, rule });
    return map;
  }, [groups, lists]);
  return reference => (reference ? known.get(reference) : undefined);
}

/** The page of a rule's list or group. */
export function holderPath({ kind, name }: Holder): string {
  return `/allowlist/${kind}/${encodeURIComponent(name)}`;
}
