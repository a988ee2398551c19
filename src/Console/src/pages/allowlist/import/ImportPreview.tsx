import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { ImportResult } from '../../../api/types';
import { Mono, Tag } from '../../../parts/Badges';
import { DataTable } from '../../../parts/DataTable';
import { formatCount, formatWord, plural } from '../../../parts/format';
import { Empty } from '../../../parts/States';

const tones: Record<string, 'good' | 'bad' | 'warn' | 'info' | 'plain'> = {
  added: 'good',
  removed: 'bad',
  changed: 'info',
  invalid: 'bad',
  leftOut: 'bad',
  conflict: 'warn',
  shadowed: 'warn',
};
const shown = 200;

/** What an import would do, line by line. */
export function ImportPreview({
  preview,
  maySkip,
  isBusy,
  onApply,
}: {
  preview: ImportResult;
  maySkip: boolean;
  isBusy: boolean;
  onApply: () => void;
}) {
  const [kind, setKind] = useState('');
  const counts = Object.entries(preview.counts).filter(([, count]) => count > 0);
  const stopped = preview.counts.invalid + preview.counts.leftOut;
  const notes = preview.notes.filter(one => kind === '' || one.kind === kind);
  const changes = preview.counts.added + preview.counts.changed + preview.counts.removed;

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            stopped > 0 && !maySkip
              ? `${plural(stopped, 'line')} cannot be taken over: mend the file, or leave them behind.`
              : `On top of revision ${preview.revision}.`
          }
          actions={
            <Button variant="primary" loading={isBusy} disabled={changes === 0 || (stopped > 0 && !maySkip)} onClick={onApply}>
              Import
            </Button>
          }
        >
          Preview
        </Header>
      }
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label="Kind"
          selectedId={kind}
          onChange={({ detail }) => setKind(detail.selectedId)}
          options={[
            { id: '', text: 'All' },
            ...counts
              .filter(([name]) => name !== 'unchanged')
              .map(([name, count]) => ({ id: name, text: `${formatWord(name)} ${formatCount(count)}` })),
          ]}
        />
        <DataTable
          variant="embedded"
          items={notes.slice(0, shown)}
          ariaLabels={{ tableLabel: 'Lines of the import' }}
          columnDefinitions={[
            { id: 'line', header: 'Line', cell: one => (one.line > 0 ? formatCount(one.line) : ''), width: 80 },
            {
              id: 'kind',
              header: 'What',
              cell: one => <Tag tone={tones[one.kind] ?? 'plain'}>{formatWord(one.kind)}</Tag>,
              width: 120,
              minWidth: 120,
            },
            { id: 'text', header: 'Text', cell: one => <Mono>{one.text}</Mono>, isRowHeader: true, minWidth: 170 },
            { id: 'detail', header: 'Why', cell: one => [one.detail, one.cure].filter(Boolean).join('. '), minWidth: 170 },
          ]}
          empty={<Empty title="Nothing to tell">{`${formatCount(preview.counts.unchanged)} lines say what is there already.`}</Empty>}
          footer={notes.length > shown && `The first ${shown} of ${formatCount(notes.length)} are shown.`}
        />
      </SpaceBetween>
    </Container>
  );
}
