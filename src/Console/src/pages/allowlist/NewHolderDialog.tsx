import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { createHolder } from '../../api/policy';
import { describe } from '../../api/problem';
import type { Holder } from '../../api/types';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { holderPath } from '../../rules/useRuleNames';

/** Makes a group or a list; its rules come afterwards. */
export function NewHolderDialog({ kind, onClose }: { kind: Holder['kind']; onClose: () => void }) {
  const [name, setName] = useState('');
  const [clients, setClients] = useState('');
  const [comment, setComment] = useState('');
  const navigate = useNavigate();
  const { refresh } = useRuleEdits();
  const isGroup = kind === 'groups';
  const make = useMutation({
    mutationFn: () => {
      const networks = clients.split(/[\s,]+/).filter(Boolean);
      return createHolder({ kind, name }, { ...(isGroup && { clients: networks }), ...(comment && { comment }) });
    },
    onSuccess: async () => {
      await refresh();
      navigate(holderPath({ kind, name }));
    },
  });

  return (
    <Modal
      visible
      onDismiss={onClose}
      header={isGroup ? 'New group' : 'New list'}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={make.isPending} disabled={!name} onClick={() => make.mutate()}>
              Make it
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {make.error && <Alert type="error">{describe(make.error)}</Alert>}
        <FormField label="Name" constraintText="Lower-case letters, digits and hyphens, a letter first.">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus spellcheck={false} />
        </FormField>
        {isGroup && (
          <FormField label="Clients" description="Addresses and networks, such as 10.0.3.0/24 or 2001:db8:3::/64.">
            <Input value={clients} onChange={({ detail }) => setClients(detail.value)} spellcheck={false} />
          </FormField>
        )}
        <FormField label="Comment">
          <Input value={comment} onChange={({ detail }) => setComment(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
