import { api, take } from '../../api/client';
import { problemOf } from '../../api/problem';
import { apiQuery, type Filters } from './filters';

/** How far an export is. */
export interface Progress {
  lines: number;
  octets: number;
  /** How many lines there will be; absent while nobody knows. */
  of?: number;
}

const newline = 10;

// The log from its beginning: sums without a moment are of the last day.
const beginning = new Date(0).toISOString();

/** What matches, as a file. Only numbers pass through the page: what was read is kept by the browser, on disk where it is large. */
export async function download(
  filters: Filters,
  format: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<{ file: Blob; name: string; lines: number }> {
  const query = apiQuery(filters);
  const progress: Progress = { lines: 0, octets: 0 };
  const { data, error, response } = await api.GET('/api/v1/query-log:export', { params: { query: { ...query, format } }, parseAs: 'stream', signal });
  if (!response.ok || !data) throw problemOf(response.status, error);
  // Nothing is lost without it: the bar then says only how much came.
  void take(api.GET('/api/v1/stats/summary', { params: { query: { since: beginning, ...query } }, signal }))
    .then(sum => (progress.of = sum.rows))
    .catch(() => undefined);
  const counted = (data as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, passed) {
        passed.enqueue(chunk);
        progress.octets += chunk.length;
        for (const octet of chunk) if (octet === newline) progress.lines++;
      },
    }),
  );
  const clock = setInterval(() => tell({ ...progress }), 250);
  try {
    const headers = { 'Content-Type': response.headers.get('Content-Type') ?? 'text/plain' };
    const file = await new Response(counted, { headers }).blob();
    const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'dnsguard-queries.txt';
    return { file, name, lines: progress.lines };
  } finally {
    clearInterval(clock);
  }
}

/** Puts a file where the browser puts downloads. */
export function saveAs(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
