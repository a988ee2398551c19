import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { patchHolder, readHolder } from '../../api/policy';
import { ApiError, describe } from '../../api/problem';
import { useLists } from '../../api/queries';
import type { Group, Holder } from '../../api/types';
import { ConflictDialog } from '../../parts/ConflictDialog';
import { collides, differing } from '../../parts/versions';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { useFlashes } from '../../shell/flashes';
import { choiceKeys, choices, compareSettings, formOf, labels, patchOf, rebase, type SettingsForm } from './settings';

interface Props {
  holder: Holder;
  body: Group;
  revision: number;
  onClose: () => void;
}

interface Version {
  body: Group;
  revision: number;
}

/** Changes what a group or list says beside its rules. Where somebody else was faster, both versions are shown, and nothing typed is lost. */
export function SettingsDialog({ holder, body, revision, onClose }: Props) {
  // What the editing builds on: the policy is read again meanwhile, and another version must not slip in.
  const [base, setBase] = useState<Version>({ body, revision });
  const [form, setForm] = useState(formOf(body));
  const [theirs, setTheirs] = useState<Version | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const { refresh } = useRuleEdits();
  const { show } = useFlashes();
  const change = (part: Partial<SettingsForm>) => setForm(before => ({ ...before, ...part }));
  const patch = patchOf(base.body, form);

  const write = async (onto: number) => {
    const edit = await patchHolder(holder, patch, onto);
    void refresh();
    show({ type: 'success', content: `The settings of ${holder.name} are changed. Revision ${edit.revision} is in force.` });
    onClose();
  };

  // The policy moved on. If it was elsewhere, the edit goes on top; if it was these settings, the user decides.
  const meet = async () => {
    const now = await readHolder(holder);
    if (compareSettings(base.body, now.body, form).every(one => one.theirs === one.base)) await write(now.revision);
    else setTheirs(now);
  };

  const save = async (onto: number) => {
    setBusy(true);
    setError(null);
    try {
      await write(onto).catch(failure => {
        if (!(failure instanceof ApiError) || failure.status !== 412) throw failure;
        return meet();
      });
    } catch (failure) {
      setTheirs(null);
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  if (theirs) {
    const fields = compareSettings(base.body, theirs.body, form);
    const areJoined = !fields.some(collides);
    const saveOnTop = () => save(theirs.revision);
    return (
      <ConflictDialog
        title="Somebody else changed these settings meanwhile"
        fields={differing(fields)}
        revision={theirs.revision}
        isBusy={isBusy}
        onSaveMine={areJoined ? undefined : saveOnTop}
        onSaveBoth={areJoined ? saveOnTop : undefined}
        onTakeTheirs={() => {
          setForm(rebase(base.body, theirs.body, form));
          setBase(theirs);
          setTheirs(null);
        }}
        onGoOn={() => setTheirs(null)}
      />
    );
  }
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
            <Button variant="primary" loading={isBusy} disabled={Object.keys(patch).length === 0} onClick={() => save(base.revision)}>
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== null && <Alert type="error">{describe(error)}</Alert>}
        <FormField stretch label={labels.comment}>
          <Input value={form.comment} onChange={({ detail }) => change({ comment: detail.value })} />
        </FormField>
        {holder.kind === 'groups' && <GroupFields form={form} onChange={change} />}
      </SpaceBetween>
    </Modal>
  );
}

function GroupFields({ form, onChange }: { form: SettingsForm; onChange: (part: Partial<SettingsForm>) => void }) {
  const lists = useLists().data?.body ?? [];
  return (
    <SpaceBetween size="m">
      <FormField stretch label={labels.clients} description="Addresses and networks.">
        <Input value={form.clients} onChange={({ detail }) => onChange({ clients: detail.value })} spellcheck={false} />
      </FormField>
      <FormField stretch label={labels.lists}>
        <Multiselect
          selectedOptions={form.lists.map(value => ({ value, label: value }))}
          options={lists.map(one => ({ value: one.name, label: one.name, description: one.comment ?? undefined }))}
          onChange={({ detail }) => onChange({ lists: detail.selectedOptions.map(one => one.value ?? '') })}
          expandToViewport
          placeholder="Choose lists"
        />
      </FormField>
      <div className="dg-two">
        {choiceKeys.map(key => (
          <FormField key={key} label={labels[key]}>
            <Select
              selectedOption={{ value: form[key], label: form[key] }}
              options={choices[key].map(value => ({ value, label: value }))}
              onChange={({ detail }) => onChange({ [key]: detail.selectedOption.value })}
              expandToViewport
            />
          </FormField>
        ))}
      </div>
    </SpaceBetween>
  );
}
