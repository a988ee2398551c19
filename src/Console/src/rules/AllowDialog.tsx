import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useGroups, useLists } from '../api/queries';
import type { Holder } from '../api/types';
import { Mono } from '../parts/Badges';
import { formatWord } from '../parts/format';
import { blank, type Draft, patternOf, ruleOf } from './draft';
import { RuleModal } from './RuleModal';
import { useDryRun } from './useDryRun';
import { useRuleEdits } from './useRuleEdits';

/** A question that was turned away. */
export interface AllowRequest {
  name: string;
  type: string;
  group: string;
  client: string;
  reason: string;
  rule?: string | null;
}

const ordinary = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'];

/** The names that a rule for this one could stand for. */
function patternsFor(name: string): { value: string; label: React.ReactNode; description: string }[] {
  const labels = name.replace(/\.$/, '').split('.');
  const exact = labels.join('.');
  const parent = labels.slice(1).join('.');
  const choices = [{ value: exact, label: <Mono>{exact}</Mono>, description: 'This name only' }];
  if (labels.length > 2) choices.push({ value: `*.${parent}`, label: <Mono>*.{parent}</Mono>, description: `Every name below ${parent}` });
  if (labels.length > 2)
    choices.push({ value: `.${parent}`, label: <Mono>.{parent}</Mono>, description: `${parent} itself and every name below` });
  return choices;
}

/** Allows what was blocked: how much of it, for whom, on which ports, until when, and why. */
export function AllowDialog({ request, onClose }: { request: AllowRequest; onClose: () => void }) {
  const choices = patternsFor(request.name);
  const [draft, setDraft] = useState<Draft>({
    ...blank,
    pattern: choices[0].value,
    types: ordinary.includes(request.type) ? '' : [...ordinary, request.type].join(', '),
  });
  const [choice, setChoice] = useState(choices[0].value);
  const [holder, setHolder] = useState<Holder>({ kind: 'groups', name: request.group });
  const [isBusy, setBusy] = useState(false);
  const groups = useGroups();
  const lists = useLists();
  const edits = useRuleEdits();
  const change = (part: Partial<Draft>) => setDraft(before => ({ ...before, ...part }));

  const rule = ruleOf(draft);
  const known = holder.kind === 'groups' ? groups.data : lists.data;
  // An expired rule, say: there can be only one for a pattern, so it is replaced.
  const existing = known?.body.find(one => one.name === holder.name)?.rules.find(one => patternOf(one) === rule.allow && one.allow);
  const check = useDryRun(holder, rule, existing);

  const submit = async () => {
    setBusy(true);
    const comment = draft.comment || `Allowed ${rule.allow} from the query log`;
    try {
      if (existing && known) await edits.write(holder, existing, { ...rule, id: existing.id }, known.revision, comment);
      else await edits.add(holder, rule, comment);
      onClose();
    } catch (error) {
      check.refuse(error);
    } finally {
      setBusy(false);
    }
  };

  const option = (one: Holder) => ({ value: `${one.kind}/${one.name}`, label: one.name, ...one });
  const options = [
    { label: 'Groups', options: (groups.data?.body ?? []).map(one => option({ kind: 'groups', name: one.name })) },
    { label: 'Lists that groups share', options: (lists.data?.body ?? []).map(one => option({ kind: 'lists', name: one.name })) },
  ];
  return (
    <RuleModal
      title={
        <>
          Allow <Mono>{request.name}</Mono>
        </>
      }
      action={existing ? 'Replace the rule' : 'Allow'}
      draft={draft}
      onChange={change}
      problems={check.problems}
      isBusy={isBusy}
      onSave={submit}
      onClose={onClose}
    >
      <Box color="text-body-secondary">
        Asked for {request.type} by <Mono>{request.client}</Mono> in the group {request.group}; {formatWord(request.reason).toLowerCase()}
        .
      </Box>
      {request.reason === 'denyRule' && (
        <Alert type="warning">A deny rule decided. What you allow counts only where it is more specific than that rule.</Alert>
      )}
      <div className="dg-two">
        <FormField label="What">
          <RadioGroup
            value={choice}
            items={[...choices, { value: 'own', label: 'A pattern of your own', description: 'Such as cdn-*.example.com' }]}
            onChange={({ detail }) => {
              setChoice(detail.value);
              if (detail.value !== 'own') change({ pattern: detail.value, isBroad: false });
            }}
          />
        </FormField>
        <SpaceBetween size="m">
          <FormField
            label="For whom"
            constraintText={holder.kind === 'lists' ? 'Every group that uses the list.' : 'Every client of the group.'}
          >
            <Select
              selectedOption={option(holder)}
              options={options}
              filteringType="auto"
              expandToViewport
              onChange={({ detail }) => {
                const [kind, ...name] = (detail.selectedOption.value ?? '').split('/');
                setHolder({ kind: kind as Holder['kind'], name: name.join('/') });
              }}
            />
          </FormField>
          {choice === 'own' && (
            <FormField label="Pattern">
              <Input value={draft.pattern} onChange={({ detail }) => change({ pattern: detail.value })} spellcheck={false} />
            </FormField>
          )}
        </SpaceBetween>
      </div>
      {existing && (
        <Alert type="info">
          There is a rule for this pattern already{existing.expires ? `, which expires at ${existing.expires}` : ''}. It is replaced.
        </Alert>
      )}
    </RuleModal>
  );
}
