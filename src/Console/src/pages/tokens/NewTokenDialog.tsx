import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { describe } from '../../api/problem';
import type { CreatedToken } from '../../api/types';
import { ExpiryField } from '../../rules/ExpiryField';
import { type Scope, useAccess } from '../../shell/access';

const scopes: [Scope, string][] = [
  ['policy:read', 'See policy, revisions and verdicts'],
  ['policy:write', 'Change the policy'],
  ['querylog:read', 'See who asked what'],
  ['grants:read', 'See what is open, and why'],
  ['grants:write', 'Close grants'],
  ['targets:read', 'See targets'],
  ['targets:write', 'Have targets compared'],
  ['audit:read', 'See the audit log'],
  ['admin', 'Everything, tokens included'],
];

/** Makes a token: for whom, for what, until when. */
export function NewTokenDialog({ onClose, onMade }: { onClose: () => void; onMade: (token: CreatedToken) => void }) {
  const [name, setName] = useState('');
  const queries = useQueryClient();
  // The first token ends the time in which this machine needs none: it has to be an administrator's, and signs us in at once.
  const isFirst = useAccess().who?.name === 'loopback';
  const [chosen, setChosen] = useState<Scope[]>(isFirst ? ['admin'] : []);
  const [expires, setExpires] = useState('');
  const make = useMutation({
    mutationFn: async () => {
      const token = await take(api.POST('/api/v1/tokens', { body: { name, scopes: chosen, ...(expires && { expires }) } }));
      if (isFirst) {
        await take(api.POST('/api/v1/session', { body: { token: token.secret } }));
        await queries.invalidateQueries({ queryKey: ['whoami'] });
      }
      return token;
    },
    onSuccess: onMade,
  });
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Make a token"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={make.isPending} disabled={!name.trim() || chosen.length === 0} onClick={() => make.mutate()}>
              Make it
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {make.error && <Alert type="error">{describe(make.error)}</Alert>}
        {isFirst && (
          <Alert type="info">
            This is the first token, so it must be an administrator's. From then on everybody has to sign in; you are signed in with it.
          </Alert>
        )}
        <FormField label="Name" description="Of the person or program that gets it; it stands in the audit log.">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
        </FormField>
        <FormField label="May">
          <SpaceBetween size="xxs">
            {scopes.map(([scope, words]) => (
              <Checkbox
                key={scope}
                checked={chosen.includes(scope)}
                onChange={({ detail }) => setChosen(before => (detail.checked ? [...before, scope] : before.filter(one => one !== scope)))}
                description={words}
              >
                {scope}
              </Checkbox>
            ))}
          </SpaceBetween>
        </FormField>
        <ExpiryField value={expires} onChange={setExpires} />
      </SpaceBetween>
    </Modal>
  );
}
