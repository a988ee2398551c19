import { consoleHeader } from './client';
import { problemOf } from './problem';
import type { Simulation } from './types';

export interface SimulateRequest {
  policy: string;
  since?: string;
  until?: string;
  group?: string;
}

/** Replays the query log against a draft, and tells meanwhile how far it is. */
export async function simulate(
  request: SimulateRequest,
  onProgress: (rows: number, of: number) => void,
  signal: AbortSignal,
): Promise<Simulation> {
  const response = await fetch('/api/v1/policy:simulate', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...consoleHeader },
    body: JSON.stringify(request),
    signal,
  });
  if (!response.ok || !response.body) throw problemOf(response.status, await response.json().catch(() => null));
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return (await response.json()) as Simulation;
  for await (const { event, data } of events(response.body)) {
    if (event === 'result') return JSON.parse(data) as Simulation;
    const { rows, of } = JSON.parse(data) as { rows: number; of: number };
    onProgress(rows, of);
  }
  throw problemOf(0, { detail: 'The server ended the answer before the result.' });
}

/** Server-sent events of a body, one after another. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const blocks = (rest + chunk.value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .filter(line => line.startsWith(`${name}:`))
          .map(line => line.slice(name.length + 1).trimStart());
      const data = field('data').join('\n');
      if (data) yield { event: field('event')[0] ?? 'message', data };
    }
  }
}
