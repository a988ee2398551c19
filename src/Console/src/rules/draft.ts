import type { Rule } from '../api/types';
import { collides, type Versions } from '../parts/versions';

/** A rule as it stands in a form: texts only. */
export interface Draft {
  action: 'allow' | 'deny';
  pattern: string;
  ports: string;
  types: string;
  expires: string;
  owner: string;
  ticket: string;
  comment: string;
  isPrivate: boolean;
  isSecure: boolean;
  isBroad: boolean;
}

export const blank: Draft = {
  action: 'allow',
  pattern: '',
  ports: 'tcp/443, tcp/80',
  types: '',
  expires: '',
  owner: '',
  ticket: '',
  comment: '',
  isPrivate: false,
  isSecure: false,
  isBroad: false,
};

const split = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** Rule → form. */
export function draftOf(rule: Rule): Draft {
  return {
    action: rule.deny ? 'deny' : 'allow',
    pattern: rule.allow ?? rule.deny ?? '',
    ports: rule.ports?.join(', ') ?? '',
    types: rule.types?.join(', ') ?? '',
    expires: rule.expires ?? '',
    owner: rule.owner ?? '',
    ticket: rule.ticket ?? '',
    comment: rule.comment ?? '',
    isPrivate: rule.private === 'allow',
    isSecure: rule.dnssec === 'require',
    isBroad: rule.broad === true,
  };
}

/** Form → rule. What the form has no field for is kept from the rule it began with. */
export function ruleOf(draft: Draft, before: Rule = {}): Rule {
  const { id, hold, pin, via, warm, confirm } = before;
  const rule: Rule = { id, hold, pin, via, warm, confirm };
  rule[draft.action] = draft.pattern.trim();
  if (draft.action === 'allow' && split(draft.ports).length > 0) rule.ports = split(draft.ports);
  if (split(draft.types).length > 0) rule.types = split(draft.types).map(type => type.toUpperCase());
  if (draft.expires) rule.expires = draft.expires;
  if (draft.owner.trim()) rule.owner = draft.owner.trim();
  if (draft.ticket.trim()) rule.ticket = draft.ticket.trim();
  if (draft.comment.trim()) rule.comment = draft.comment.trim();
  if (draft.isPrivate) rule.private = 'allow';
  if (draft.isSecure) rule.dnssec = 'require';
  if (draft.isBroad) rule.broad = true;
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined && value !== null));
}

export function patternOf(rule: Rule): string {
  return rule.allow ?? rule.deny ?? '';
}

const labels: [keyof Rule, string][] = [
  ['allow', 'Allow'],
  ['deny', 'Deny'],
  ['ports', 'Ports'],
  ['types', 'Types'],
  ['expires', 'Expires'],
  ['owner', 'Owner'],
  ['ticket', 'Ticket'],
  ['comment', 'Comment'],
  ['private', 'Private answers'],
  ['dnssec', 'DNSSEC'],
  ['hold', 'Hold'],
  ['pin', 'Pin'],
  ['via', 'Via'],
  ['broad', 'Broad'],
  ['warm', 'Warm'],
  ['confirm', 'Confirm'],
];

const text = (value: unknown) =>
  Array.isArray(value)
    ? [...value].sort().join(', ')
    : value === undefined || value === null
      ? ''
      : value instanceof Date
        ? value.toISOString()
        : String(value);

/** A field of a rule as text, so that two versions can be compared. Moments are compared as moments. */
export function fieldText(rule: Rule | null, key: keyof Rule): string {
  const value = rule?.[key];
  return key === 'expires' && value ? new Date(value as string).toISOString() : text(value);
}

/** Every field in all three versions. */
export function compareRules(base: Rule, theirs: Rule, mine: Rule): Versions[] {
  return labels.map(([key, label]) => ({
    key,
    label,
    base: fieldText(base, key),
    theirs: fieldText(theirs, key),
    mine: fieldText(mine, key),
  }));
}

/** Are two rules the same in every field that either has? */
export function sameRule(left: Rule, right: Rule): boolean {
  const keys = [...Object.keys(left), ...Object.keys(right)] as (keyof Rule)[];
  return keys.every(key => fieldText(left, key) === fieldText(right, key));
}

/** Both sides' changes in one; null where both changed the same field differently. */
export function mergeRules(base: Rule, theirs: Rule, mine: Rule): Rule | null {
  const fields = compareRules(base, theirs, mine);
  if (fields.some(collides)) return null;
  const merged: Record<string, unknown> = { ...theirs };
  for (const one of fields) if (one.mine !== one.base) merged[one.key] = mine[one.key as keyof Rule];
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as Rule;
}
