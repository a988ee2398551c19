import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, problemOf } from './problem';
import type { paths } from './schema';

/** The header by which the server knows a write of the console from one that another site's page provoked. */
export const consoleHeader = { 'X-DnsGuard': 'console' };

const onSignedOut = new Set<() => void>();

/** Calls back whenever the server turns a request away since it does not know who we are. */
export function watchSignOut(listener: () => void): () => void {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

const marks: Middleware = {
  onRequest({ request }) {
    request.headers.set('X-DnsGuard', 'console');
    return request;
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/api/v1/whoami' && schemaPath !== '/api/v1/session')
      for (const listener of onSignedOut) listener();
  },
  onError() {
    return new ApiError(0, 'unreachable', 'The server cannot be reached.');
  },
};

export const api = createClient<paths>({ baseUrl: '' });
api.use(marks);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or what is wrong as an error. */
export async function take<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error);
  return data as T;
}

/** A part of the policy with the revision that it was read at. */
export interface AtRevision<T> {
  body: T;
  revision: number;
}

/** The same for what carries a revision as its ETag. */
export async function takeAt<T>(call: Promise<Answer<T>>): Promise<AtRevision<T>> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error);
  return { body: data as T, revision: revisionOf(response) };
}

/** The revision in an answer's ETag; 0 where it has none. */
export function revisionOf(response: Response): number {
  return Number(response.headers.get('ETag')?.replaceAll('"', '') ?? 0);
}
