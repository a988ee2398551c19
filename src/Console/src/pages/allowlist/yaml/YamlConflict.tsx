import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { AtRevision } from '../../../api/client';
import { Diff } from '../../../parts/Diff';
import { mergeTexts } from '../../../parts/diff';

interface Props {
  base: AtRevision<string>;
  mine: string;
  theirs: AtRevision<string>;
  onResolve: (text: string) => void;
  onGoOn: () => void;
}

/** Two people edited the policy: what each changed, and what can be done. Nothing is saved here, only put into the editor. */
export function YamlConflict({ base, mine, theirs, onResolve, onGoOn }: Props) {
  const merged = mergeTexts(base.body, mine, theirs.body);
  return (
    <Modal
      visible
      size="max"
      onDismiss={onGoOn}
      header="Somebody else edited the policy meanwhile"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onGoOn}>
              Go on editing
            </Button>
            <Button onClick={() => onResolve(theirs.body)}>Take theirs, drop mine</Button>
            <Button variant={merged === null ? 'primary' : 'normal'} onClick={() => onResolve(mine)}>
              Put mine over theirs
            </Button>
            {merged !== null && (
              <Button variant="primary" onClick={() => onResolve(merged)}>
                Join both
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          You began with revision {base.revision}; revision {theirs.revision} is in force. Nothing of yours is lost.{' '}
          {merged === null
            ? 'You both changed the same lines, so one of the two must give way.'
            : 'You changed different lines, so both can be joined. Look at the result, then save it.'}
        </Alert>
        <div className="dg-two">
          <div>
            <Box variant="h3">Yours</Box>
            <Diff before={base.body} after={mine} label="What you changed" />
          </div>
          <div>
            <Box variant="h3">Theirs</Box>
            <Diff before={base.body} after={theirs.body} label="What they changed" />
          </div>
        </div>
      </SpaceBetween>
    </Modal>
  );
}
