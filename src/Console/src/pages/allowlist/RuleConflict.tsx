import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { Rule } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { compareRules, mergeRules } from '../../rules/draft';

interface Props {
  base: Rule;
  theirs: Rule | null;
  mine: Rule;
  revision: number;
  isBusy: boolean;
  onSave: (rule: Rule) => void;
  onTakeTheirs: () => void;
  onGoOn: () => void;
}

/** Two people changed the same rule: both versions, field by field, and what can be done. */
export function RuleConflict({ base, theirs, mine, revision, isBusy, onSave, onTakeTheirs, onGoOn }: Props) {
  const rows = compareRules(base, theirs ?? {}, mine);
  const merged = theirs && mergeRules(base, theirs, mine);
  return (
    <Modal
      visible
      size="large"
      onDismiss={onGoOn}
      header="Somebody else changed this rule meanwhile"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onGoOn}>
              Go on editing
            </Button>
            <Button onClick={onTakeTheirs}>{theirs ? 'Keep theirs' : 'Leave it removed'}</Button>
            <Button variant={merged ? 'normal' : 'primary'} loading={isBusy && !merged} onClick={() => onSave(mine)}>
              {theirs ? 'Save mine over theirs' : 'Add mine again'}
            </Button>
            {merged && (
              <Button variant="primary" loading={isBusy} onClick={() => onSave(merged)}>
                Save both changes
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          {theirs
            ? `Revision ${revision} holds their version. Nothing of yours is saved or lost yet.`
            : `It was removed; revision ${revision} is in force. Nothing of yours is lost yet.`}
        </Alert>
        <Table
          variant="embedded"
          items={rows}
          wrapLines
          ariaLabels={{ tableLabel: 'Both versions' }}
          columnDefinitions={[
            { id: 'field', header: 'Field', cell: row => row.label, isRowHeader: true, minWidth: 170 },
            { id: 'base', header: 'When you began', cell: row => <Mono>{row.base || '–'}</Mono>, minWidth: 170 },
            {
              id: 'theirs',
              header: 'Theirs',
              cell: row => <Mono strong={row.theirs !== row.base}>{theirs ? row.theirs || '–' : 'removed'}</Mono>,
              minWidth: 170,
            },
            { id: 'mine', header: 'Yours', cell: row => <Mono strong={row.mine !== row.base}>{row.mine || '–'}</Mono>, minWidth: 170 },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
