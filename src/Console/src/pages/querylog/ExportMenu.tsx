import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { problemOf } from '../../api/problem';
import { formatCount } from '../../parts/format';
import { useFlashes } from '../../shell/flashes';
import { apiQuery, type Filters } from './filters';

const formats = [
  { id: 'csv', text: 'CSV', file: 'query-log.csv' },
  { id: 'ndjson', text: 'JSON lines', file: 'query-log.ndjson' },
  { id: 'route53', text: 'Route 53 query log form', file: 'query-log-route53.ndjson' },
];

/** Saves what matches, and tells how far it is meanwhile. */
export function ExportMenu({ filters }: { filters: Filters }) {
  const { show, hide, fail } = useFlashes();
  const save = async (format: (typeof formats)[number]) => {
    const stop = new AbortController();
    const id = show({ type: 'in-progress', content: 'The export begins.', stays: true });
    try {
      const response = await fetch(`/api/v1/query-log:export?${new URLSearchParams({ ...apiQuery(filters), format: format.id })}`, {
        signal: stop.signal,
      });
      if (!response.ok || !response.body) throw problemOf(response.status, await response.json().catch(() => null));
      const { parts, lines } = await collect(response.body, (lines, octets) =>
        show({
          id,
          type: 'in-progress',
          content: `Exporting: ${formatCount(lines)} lines, ${(octets / 1_048_576).toFixed(1)} MiB so far.`,
          actions: [{ text: 'Stop', run: () => stop.abort() }],
          stays: true,
        }),
      );
      saveAs(new Blob(parts, { type: response.headers.get('Content-Type') ?? 'text/plain' }), format.file);
      show({ id, type: 'success', content: `${formatCount(lines)} lines were saved as ${format.file}.` });
    } catch (error) {
      hide(id);
      if (!stop.signal.aborted) fail('The export failed', error);
    }
  };
  return (
    <ButtonDropdown
      items={formats.map(({ id, text }) => ({ id, text }))}
      onItemClick={({ detail }) => void save(formats.find(one => one.id === detail.id) ?? formats[0])}
    >
      Export
    </ButtonDropdown>
  );
}

async function collect(body: ReadableStream<Uint8Array<ArrayBuffer>>, tell: (lines: number, octets: number) => void) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = body.getReader();
  let lines = 0;
  let octets = 0;
  let told = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    parts.push(chunk.value);
    octets += chunk.value.length;
    for (const octet of chunk.value) if (octet === 10) lines++;
    if (performance.now() - told > 250) {
      told = performance.now();
      tell(lines, octets);
    }
  }
  return { parts, lines };
}

function saveAs(content: Blob, file: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
