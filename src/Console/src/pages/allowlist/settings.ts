import type { Group } from '../../api/types';
import { collides, type Versions } from '../../parts/versions';

/** Settings that are one of a few words. */
export const choices = {
  mode: ['enforce', 'audit'],
  blockResponse: ['nxdomain', 'nodata', 'refused', 'sinkhole'],
  aliases: ['trust', 'inspect'],
  families: ['both', 'ipv4', 'ipv6'],
  tunnels: ['alert', 'block', 'off'],
  queryLog: ['full', 'anonymous', 'counts'],
} as const;

export type Choice = keyof typeof choices;
export const choiceKeys = Object.keys(choices) as Choice[];

export const labels = {
  comment: 'Comment',
  clients: 'Clients',
  lists: 'Lists',
  mode: 'Mode',
  blockResponse: 'Blocked names get',
  aliases: 'Aliases',
  families: 'Address families',
  tunnels: 'Tunnels',
  queryLog: 'Query log',
  grace: 'Grace',
  ech: 'Encrypted Client Hello',
  targets: 'Targets',
};
type Key = keyof typeof labels;

/** The settings of a group or list as they stand in a form. Of a list there is the comment only. */
export type SettingsForm = { comment: string; clients: string; lists: string[] } & Record<Choice, string>;

const split = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const text = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));

/** Group or list → form. */
export function formOf(body: Group): SettingsForm {
  const form = { comment: body.comment ?? '', clients: body.clients?.join(', ') ?? '', lists: body.lists ?? [] };
  return { ...form, ...(Object.fromEntries(choiceKeys.map(key => [key, body[key]])) as Record<Choice, string>) };
}

/** What the form says, as the API has it. */
function wanted(form: SettingsForm, base: Group): Partial<Record<Key, unknown>> {
  const comment = form.comment || null;
  return base.clients ? { ...form, comment, clients: split(form.clients) } : { comment };
}

/** What the form changes: only that is sent, so that others' edits of the rest stay. */
export function patchOf(base: Group, form: SettingsForm): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wanted(form, base)).filter(([key, value]) => text(value) !== text(base[key as Key])));
}

/** Every setting in all three versions. */
export function compareSettings(base: Group, theirs: Group, form: SettingsForm): Versions[] {
  const mine: Partial<Group> = { ...base, ...patchOf(base, form) };
  return (Object.keys(labels) as Key[]).map(key => ({
    key,
    label: labels[key],
    base: text(base[key]),
    theirs: text(theirs[key]),
    mine: text(mine[key]),
  }));
}

/** The form on top of another's version: theirs where both changed the same, and everything else that was typed. */
export function rebase(base: Group, theirs: Group, form: SettingsForm): SettingsForm {
  const kept = compareSettings(base, theirs, form).filter(one => one.mine !== one.base && !collides(one));
  return { ...formOf(theirs), ...Object.fromEntries(kept.map(({ key }) => [key, form[key as keyof SettingsForm]])) };
}
