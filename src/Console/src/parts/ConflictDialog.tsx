import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Mono } from './Badges';
import { DataTable } from './DataTable';
import type { Versions } from './versions';

interface Props {
  title: string;
  fields: Versions[];
  /** The revision that holds the other version. */
  revision: number;
  /** Was it removed rather than changed? */
  isGone?: boolean;
  isBusy: boolean;
  /** Absent where it would undo nothing of theirs. */
  onSaveMine?: () => void;
  /** Absent where both changed the same field. */
  onSaveBoth?: () => void;
  onTakeTheirs: () => void;
  onGoOn: () => void;
}

/** Two people changed the same: both versions, field by field, and what can be done. */
export function ConflictDialog({ title, fields, revision, isGone, isBusy, onSaveMine, onSaveBoth, onTakeTheirs, onGoOn }: Props) {
  const version = (field: Versions, value: string) => <Mono strong={value !== field.base}>{value || '–'}</Mono>;
  return (
    <Modal
      visible
      size="large"
      onDismiss={onGoOn}
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onGoOn}>
              Go on editing
            </Button>
            <Button onClick={onTakeTheirs}>{isGone ? 'Leave it removed' : 'Keep theirs'}</Button>
            {onSaveMine && (
              <Button variant={onSaveBoth ? 'normal' : 'primary'} loading={isBusy && !onSaveBoth} onClick={onSaveMine}>
                {isGone ? 'Add mine again' : 'Save mine over theirs'}
              </Button>
            )}
            {onSaveBoth && (
              <Button variant="primary" loading={isBusy} onClick={onSaveBoth}>
                Save both changes
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          {isGone
            ? `It was removed; revision ${revision} is in force. Nothing of yours is lost yet.`
            : `Revision ${revision} holds their version. Nothing of yours is saved or lost yet. Bold is what changed since you began.`}
        </Alert>
        <DataTable
          variant="embedded"
          items={fields}
          ariaLabels={{ tableLabel: 'Both versions' }}
          columnDefinitions={[
            { id: 'field', header: 'Field', cell: one => one.label, isRowHeader: true, minWidth: 130 },
            { id: 'mine', header: 'Yours', cell: one => version(one, one.mine), minWidth: 150 },
            { id: 'theirs', header: 'Now in force', cell: one => (isGone ? 'removed' : version(one, one.theirs)), minWidth: 150 },
            { id: 'base', header: 'When you began', cell: one => <span className="dg-soft">{version(one, one.base)}</span>, minWidth: 150 },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
