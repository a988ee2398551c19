import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TextProblem } from '../api/types';
import type { Draft } from './draft';
import { RuleFields } from './RuleFields';

interface Props {
  title: React.ReactNode;
  /** What the button that saves says. */
  action: string;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  /** What the server says to the rule as it stands. */
  problems: TextProblem[];
  isBusy: boolean;
  onSave: () => void;
  onClose: () => void;
  /** What stands above the fields that all rules have. */
  children: React.ReactNode;
}

/** The form of a rule, new or old: its fields, what is wrong with it, and the question whether its breadth is meant. */
export function RuleModal({ title, action, draft, onChange, problems, isBusy, onSave, onClose, children }: Props) {
  const isTooBroad = problems.some(one => one.code === 'broad-pattern');
  const others = problems.filter(one => one.code !== 'broad-pattern');
  // What failed by no fault of the rule's may be tried again as it is.
  const isWrong = problems.some(one => one.code !== 'refused');
  return (
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!draft.pattern.trim() || isWrong} onClick={onSave}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        <RuleFields draft={draft} onChange={onChange} />
        {(draft.isBroad || isTooBroad) && (
          <Alert type="warning" header="This reaches names that strangers can have">
            <Checkbox checked={draft.isBroad} onChange={({ detail }) => onChange({ isBroad: detail.checked })}>
              The breadth is meant
            </Checkbox>
          </Alert>
        )}
        {others.length > 0 && (
          <Alert type="error">
            {others.map(one => (
              <div key={one.code + one.pointer}>
                {one.detail}. {one.cure}.
              </div>
            ))}
          </Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}
