import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { patchHolder } from '../../api/policy';
import { ApiError, describe } from '../../api/problem';
import { useGroups, useLists } from '../../api/queries';
import type { Group, Holder } from '../../api/types';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { useFlashes } from '../../shell/flashes';

const choices = {
  mode: ['enforce', 'audit'],
  blockResponse: ['nxdomain', 'nodata', 'refused', 'sinkhole'],
  aliases: ['trust', 'inspect'],
  families: ['both', 'ipv4', 'ipv6'],
  tunnels: ['alert', 'block', 'off'],
  queryLog: ['full', 'anonymous', 'counts'],
} as const;
const labels = { mode: 'Mode', blockResponse: 'Blocked names get', aliases: 'Aliases', families: 'Address families', tunnels: 'Tunnels', queryLog: 'Query log' };

type Choice = keyof typeof choices;

/** Changes what a group or list says beside its rules. Only what was changed is sent, so that others' edits of the rest stay. */
export function SettingsDialog({
  holder,
  body,
  revision,
  onClose,
}: {
  holder: Holder;
  body: Group;
  revision: number;
  onClose: () => void;
}) {
  const isGroup = holder.kind === 'groups';
  const [base] = useState({ body, revision });
  const [draft, setDraft] = useState({ ...body, clientText: body.clients?.join(', ') ?? '' });
  const [onto, setOnto] = useState(revision);
  const lists = useLists(isGroup);
  const groups = useGroups(isGroup);
  const { refresh } = useRuleEdits();
  const { show } = useFlashes();

  const patch = () => {
    const change: Record<string, unknown> = {};
    if ((draft.comment ?? '') !== (base.body.comment ?? '')) change.comment = draft.comment || null;
    if (!isGroup) return change;
    const clients = draft.clientText.split(/[\s,]+/).filter(Boolean);
    if (clients.join() !== base.body.clients.join()) change.clients = clients;
    if (draft.lists.join() !== base.body.lists.join()) change.lists = draft.lists;
    for (const key of Object.keys(choices) as Choice[]) if (draft[key] !== base.body[key]) change[key] = draft[key];
    return change;
  };
  const save = useMutation({
    mutationFn: () => patchHolder(holder, patch(), onto),
    onSuccess: edit => {
      void refresh();
      show({ type: 'success', content: `The settings of ${holder.name} are changed. Revision ${edit.revision} is in force.` });
      onClose();
    },
  });
  const isStale = save.error instanceof ApiError && save.error.status === 412;
  const now = groups.data?.body.find(one => one.name === holder.name);

  return (
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={`Settings of ${holder.name}`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={save.isPending} disabled={Object.keys(patch()).length === 0} onClick={() => save.mutate()}>
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isStale && (
          <Alert
            type="warning"
            header="Somebody has edited the policy meanwhile"
            action={
              <Button
                onClick={async () => {
                  await refresh();
                  setOnto(groups.data?.revision ?? lists.data?.revision ?? onto);
                  save.reset();
                }}
              >
                Build on it
              </Button>
            }
          >
            Nothing of yours is lost.{' '}
            {now &&
              `By now it reads: mode ${now.mode}, clients ${now.clients.join(', ') || 'none'}, lists ${now.lists.join(', ') || 'none'}.`}{' '}
            Only the settings that you changed are sent.
          </Alert>
        )}
        {save.error && !isStale && <Alert type="error">{describe(save.error)}</Alert>}
        <FormField label="Comment">
          <Input value={draft.comment ?? ''} onChange={({ detail }) => setDraft({ ...draft, comment: detail.value })} />
        </FormField>
        {isGroup && (
          <>
            <FormField label="Clients" description="Addresses and networks.">
              <Input
                value={draft.clientText}
                onChange={({ detail }) => setDraft({ ...draft, clientText: detail.value })}
                spellcheck={false}
              />
            </FormField>
            <FormField label="Lists">
              <Multiselect
                selectedOptions={draft.lists.map(value => ({ value, label: value }))}
                options={(lists.data?.body ?? []).map(one => ({ value: one.name, label: one.name, description: one.comment ?? undefined }))}
                onChange={({ detail }) => setDraft({ ...draft, lists: detail.selectedOptions.map(one => one.value ?? '') })}
                expandToViewport
                placeholder="Choose lists"
              />
            </FormField>
            <div className="dg-two">
              {(Object.keys(choices) as Choice[]).map(key => (
                <FormField key={key} label={labels[key]}>
                  <Select
                    selectedOption={{ value: draft[key], label: draft[key] }}
                    options={choices[key].map(value => ({ value, label: value }))}
                    onChange={({ detail }) => setDraft({ ...draft, [key]: detail.selectedOption.value })}
                    expandToViewport
                  />
                </FormField>
              ))}
            </div>
          </>
        )}
      </SpaceBetween>
    </Modal>
  );
}
