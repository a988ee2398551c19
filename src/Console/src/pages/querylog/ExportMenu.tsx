import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import { formatCount, plural } from '../../parts/format';
import { useFlashes } from '../../shell/flashes';
import { download, saveAs, type Progress } from './download';
import type { Filters } from './filters';

const formats = [
  { id: 'csv', text: 'CSV' },
  { id: 'ndjson', text: 'JSON lines' },
  { id: 'route53', text: 'Route 53 query log form' },
];

/** Saves what matches, and tells how far it is meanwhile. */
export function ExportMenu({ filters }: { filters: Filters }) {
  const { show, hide, fail } = useFlashes();
  const save = async (format: string) => {
    const stop = new AbortController();
    const flash = (progress: Progress, id?: string) =>
      show({ id, type: 'in-progress', content: <ExportProgress {...progress} />, actions: [{ text: 'Stop', run: () => stop.abort() }], stays: true });
    const id = flash({ lines: 0, octets: 0 });
    try {
      const { file, name, lines } = await download(filters, format, progress => flash(progress, id), stop.signal);
      saveAs(file, name);
      show({ id, type: 'success', content: `Saved as ${name}: ${plural(lines, 'line')}.` });
    } catch (error) {
      hide(id);
      if (!stop.signal.aborted) fail('The export failed', error);
    }
  };
  return (
    <ButtonDropdown items={formats} onItemClick={({ detail }) => void save(detail.id)}>
      Export
    </ButtonDropdown>
  );
}

function ExportProgress({ lines, octets, of }: Progress) {
  const size = `${(octets / 1_048_576).toFixed(1)} MiB`;
  return (
    <ProgressBar
      variant="flash"
      label="Exporting"
      value={of ? Math.min(100, (lines / of) * 100) : 0}
      additionalInfo={of ? `${formatCount(lines)} of ${plural(of, 'line')}, ${size}` : `${plural(lines, 'line')}, ${size}`}
    />
  );
}
