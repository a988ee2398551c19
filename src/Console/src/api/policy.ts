import { type AtRevision, api, consoleHeader, revisionOf, take, takeAt } from './client';
import { ApiError, problemOf } from './problem';
import type { Edit, Group, Holder, Rule } from './types';

/** What an edit builds on: a revision, or whatever is there. */
export type Base = number | '*';

function headers(base: Base, comment?: string) {
  return { 'If-Match': base === '*' ? '*' : `"${base}"`, ...(comment ? { 'X-Comment': comment } : {}) };
}

/** Groups with their rules. */
export function readGroups() {
  return takeAt(api.GET('/api/v1/groups')).then(page => ({ ...page, body: page.body.items }));
}

/** Lists with their rules. */
export function readLists() {
  return takeAt(api.GET('/api/v1/lists')).then(page => ({ ...page, body: page.body.items }));
}

/** One group or list as it is now; a list has fewer fields. */
export function readHolder({ kind, name }: Holder): Promise<AtRevision<Group>> {
  const params = { path: { name } };
  return kind === 'groups'
    ? takeAt(api.GET('/api/v1/groups/{name}', { params }))
    : takeAt(api.GET('/api/v1/lists/{name}', { params }) as Promise<{ data?: Group; error?: unknown; response: Response }>);
}

/** One rule as it is now; null where it is gone. */
export async function readRule({ kind, name }: Holder, id: string): Promise<AtRevision<Rule | null>> {
  const params = { path: { name, id } };
  try {
    return await takeAt(
      kind === 'groups' ? api.GET('/api/v1/groups/{name}/rules/{id}', { params }) : api.GET('/api/v1/lists/{name}/rules/{id}', { params }),
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return { body: null, revision: (await take(api.GET('/api/v1/version'))).revision };
  }
}

/** Adds a rule. It takes nothing from anybody, so it may build on whatever is there. */
export function addRule({ kind, name }: Holder, body: Rule, options: { dryRun?: boolean; comment?: string } = {}): Promise<Edit> {
  const params = { path: { name }, header: headers('*', options.comment), query: { dryRun: options.dryRun } };
  return take<Edit>(
    kind === 'groups'
      ? api.POST('/api/v1/groups/{name}/rules', { params, body })
      : api.POST('/api/v1/lists/{name}/rules', { params, body }),
  );
}

/** Replaces a rule. */
export function writeRule(
  { kind, name }: Holder,
  id: string,
  body: Rule,
  base: Base,
  options: { dryRun?: boolean; comment?: string } = {},
): Promise<Edit> {
  const params = { path: { name, id }, header: headers(base, options.comment), query: { dryRun: options.dryRun } };
  return take<Edit>(
    kind === 'groups'
      ? api.PUT('/api/v1/groups/{name}/rules/{id}', { params, body })
      : api.PUT('/api/v1/lists/{name}/rules/{id}', { params, body }),
  );
}

/** Removes rules of one holder, all or none. */
export function removeRules(holder: Holder, remove: string[], base: Base, comment?: string): Promise<Edit> {
  return batch(holder, { remove }, base, comment);
}

/** Adds rules to one holder, all or none. */
export function addRules(holder: Holder, add: Rule[], comment?: string): Promise<Edit> {
  return batch(holder, { add }, '*', comment);
}

function batch({ kind, name }: Holder, body: { add?: Rule[]; remove?: string[] }, base: Base, comment?: string): Promise<Edit> {
  const params = { path: { name }, header: headers(base, comment) };
  return take<Edit>(
    kind === 'groups'
      ? api.POST('/api/v1/groups/{name}/rules:batch', { params, body })
      : api.POST('/api/v1/lists/{name}/rules:batch', { params, body }),
  );
}

/** Changes settings of a group or list. */
export function patchHolder({ kind, name }: Holder, body: Record<string, unknown>, base: Base, comment?: string): Promise<Edit> {
  const params = { path: { name }, header: headers(base, comment) };
  const written = body as never;
  return take<Edit>(
    kind === 'groups'
      ? api.PATCH('/api/v1/groups/{name}', { params, body: written })
      : api.PATCH('/api/v1/lists/{name}', { params, body: written }),
  );
}

/** Makes a group or list. */
export function createHolder({ kind, name }: Holder, body: Record<string, unknown>, comment?: string): Promise<Edit> {
  const params = { header: headers('*', comment) };
  const written = { ...body, name } as never;
  return take<Edit>(
    kind === 'groups' ? api.POST('/api/v1/groups', { params, body: written }) : api.POST('/api/v1/lists', { params, body: written }),
  );
}

/** Removes a group or list. */
export function deleteHolder({ kind, name }: Holder, base: Base): Promise<Edit> {
  const params = { path: { name }, header: headers(base) };
  return take<Edit>(kind === 'groups' ? api.DELETE('/api/v1/groups/{name}', { params }) : api.DELETE('/api/v1/lists/{name}', { params }));
}

/** Makes an old revision's text the newest. */
export function restoreRevision(number: number, base: Base): Promise<Edit> {
  return take<Edit>(
    api.POST('/api/v1/policy/revisions/{number}:restore', {
      params: { path: { number }, header: headers(base, `Restored revision ${number}`) },
    }),
  );
}

/** The whole policy as it was written, comments and all. */
export async function readYaml(): Promise<AtRevision<string>> {
  const response = await fetch('/api/v1/policy', { headers: { Accept: 'application/yaml' } });
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null));
  return { body: await response.text(), revision: revisionOf(response) };
}

/** Writes the whole policy; a dry run only says what is wrong and what would change. */
export async function writeYaml(
  text: string,
  base: Base,
  options: { dryRun?: boolean; comment?: string; signal?: AbortSignal } = {},
): Promise<Edit> {
  const response = await fetch(`/api/v1/policy${options.dryRun ? '?dryRun=true' : ''}`, {
    method: 'PUT',
    headers: { ...headers(base, options.comment), ...consoleHeader, 'Content-Type': 'application/yaml' },
    body: text,
    signal: options.signal,
  });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, body);
  return body as Edit;
}
