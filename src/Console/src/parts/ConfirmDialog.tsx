import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { describe } from '../api/problem';

interface Props {
  title: string;
  action: string;
  children: React.ReactNode;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that is hard to take back. */
export function ConfirmDialog({ title, action, children, onConfirm, onClose }: Props) {
  const run = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={run.isPending} onClick={() => run.mutate()}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {run.error && <Alert type="error">{describe(run.error)}</Alert>}
        <div>{children}</div>
      </SpaceBetween>
    </Modal>
  );
}
