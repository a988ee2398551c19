import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, take } from '../../api/client';
import type { Grant } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { useFlashes } from '../../shell/flashes';

/** Closes an address before its time. */
export function RevokeDialog({ grant, onClose, onDone }: { grant: Grant; onClose: () => void; onDone: () => void }) {
  const [isCut, setCut] = useState(false);
  const { show } = useFlashes();
  const revoke = async () => {
    await take(api.POST('/api/v1/grants/{id}:revoke', { params: { path: { id: grant.id }, query: { cut: isCut } } }));
    show({
      type: 'success',
      content: (
        <>
          <Mono>{grant.address}</Mono> is closed for {grant.group}.
        </>
      ),
    });
    onDone();
  };
  return (
    <ConfirmDialog title={`Close ${grant.address} for ${grant.group}?`} action="Close" onConfirm={revoke} onClose={onClose}>
      <SpaceBetween size="s">
        <div>
          It was opened by <Mono>{grant.name}</Mono>, and opens again as soon as a client asks for that name, unless you change the rule.
        </div>
        <Checkbox
          checked={isCut}
          onChange={({ detail }) => setCut(detail.checked)}
          description="Otherwise they may go on until they end by themselves."
        >
          Cut open connections too
        </Checkbox>
      </SpaceBetween>
    </ConfirmDialog>
  );
}
