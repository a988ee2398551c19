import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { api, take } from '../../api/client';
import { useFlashes } from '../../shell/flashes';
import { apiQuery, type Filters } from './filters';

const formats = [
  { id: 'csv', text: 'CSV' },
  { id: 'ndjson', text: 'JSON lines' },
  { id: 'route53', text: 'Route 53 query log form' },
];

/** Saves what matches. The browser downloads it like any file, so that it need not fit into memory. */
export function ExportMenu({ filters }: { filters: Filters }) {
  const { show, fail } = useFlashes();
  const save = async ({ id, text }: (typeof formats)[number]) => {
    const query = apiQuery(filters);
    try {
      // A page is not told why a download failed, so what the server would refuse is asked for first.
      await take(api.GET('/api/v1/query-log', { params: { query: { ...query, limit: 1 } } }));
      const link = document.createElement('a');
      link.href = `/api/v1/query-log:export?${new URLSearchParams({ ...query, format: id })}`;
      // The server names the file.
      link.download = '';
      link.click();
      show({ id: 'export', type: 'info', content: `The browser saves the rows as ${text}. Its list of downloads shows how far it is, and stops it.` });
    } catch (error) {
      fail('The export failed', error);
    }
  };
  return (
    <ButtonDropdown items={formats} onItemClick={({ detail }) => void save(formats.find(one => one.id === detail.id) ?? formats[0])}>
      Export
    </ButtonDropdown>
  );
}
