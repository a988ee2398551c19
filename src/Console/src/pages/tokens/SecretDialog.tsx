import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { CreatedToken } from '../../api/types';

/** Shows a new token's secret, once. */
export function SecretDialog({ token, onClose }: { token: CreatedToken; onClose: () => void }) {
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={`Token for ${token.name}`}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            I have it
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">This is the only time it is shown. Keep it where passwords are kept.</Alert>
        <code className="dg-code">{token.secret}</code>
        <CopyToClipboard
          textToCopy={token.secret}
          copyButtonText="Copy"
          copySuccessText="Copied"
          copyErrorText="The browser did not allow it"
        />
      </SpaceBetween>
    </Modal>
  );
}
