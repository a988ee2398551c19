import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { readRule } from '../../api/policy';
import { ApiError } from '../../api/problem';
import type { Holder, Rule } from '../../api/types';
import { ConflictDialog } from '../../parts/ConflictDialog';
import { differing } from '../../parts/versions';
import { blank, compareRules, type Draft, draftOf, mergeRules, ruleOf, sameRule } from '../../rules/draft';
import { RuleFields } from '../../rules/RuleFields';
import { useDryRun } from '../../rules/useDryRun';
import { useRuleEdits } from '../../rules/useRuleEdits';

interface Props {
  holder: Holder;
  rule: Rule | null;
  revision: number;
  onClose: () => void;
}

/** Adds a rule, or changes one. Where somebody else was faster, both versions are shown, and nothing typed is lost. */
export function RuleDialog({ holder, rule, revision, onClose }: Props) {
  // What the editing began with: the policy is read again meanwhile, and the rule's other version must not slip in.
  const [base] = useState({ rule, revision });
  const [draft, setDraft] = useState<Draft>(rule ? draftOf(rule) : blank);
  const [isBusy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<{ rule: Rule | null; revision: number } | null>(null);
  const edits = useRuleEdits();
  const change = (part: Partial<Draft>) => setDraft(before => ({ ...before, ...part }));
  const mine = ruleOf(draft, base.rule ?? {});
  const check = useDryRun(holder, mine, base.rule ?? undefined);
  const others = check.problems.filter(one => one.code !== 'broad-pattern');

  const save = async (wanted: Rule, onto: number) => {
    setBusy(true);
    try {
      if (!base.rule) await edits.add(holder, wanted, draft.comment);
      else await edits.write(holder, theirs?.rule ?? base.rule, wanted, onto, draft.comment);
      onClose();
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && base.rule?.id) await meet(base.rule, wanted);
      else check.refuse(error);
    } finally {
      setBusy(false);
    }
  };

  // The policy moved on. If it was elsewhere, the edit goes on top; if it was this rule, the user decides.
  const meet = async (before: Rule, wanted: Rule) => {
    const now = await readRule(holder, before.id ?? '');
    if (now.body && (sameRule(now.body, theirs?.rule ?? before) || sameRule(now.body, wanted))) {
      await edits.write(holder, before, wanted, now.revision, draft.comment);
      onClose();
      return;
    }
    setTheirs({ rule: now.body, revision: now.revision });
  };

  const restore = async (wanted: Rule) => {
    setBusy(true);
    try {
      await edits.add(holder, wanted, draft.comment);
      onClose();
    } catch (error) {
      setTheirs(null);
      check.refuse(error);
    } finally {
      setBusy(false);
    }
  };

  if (theirs && base.rule) {
    const merged = theirs.rule && mergeRules(base.rule, theirs.rule, mine);
    const overwrite = (wanted: Rule) => (theirs.rule ? save(wanted, theirs.revision) : restore(wanted));
    return (
      <ConflictDialog
        title="Somebody else changed this rule meanwhile"
        fields={differing(compareRules(base.rule, theirs.rule ?? {}, mine))}
        revision={theirs.revision}
        isGone={theirs.rule === null}
        isBusy={isBusy}
        onSaveMine={() => overwrite(mine)}
        onSaveBoth={merged ? () => overwrite(merged) : undefined}
        onTakeTheirs={onClose}
        onGoOn={() => setTheirs(null)}
      />
    );
  }
  return (
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={base.rule ? `Rule of ${holder.name}` : `New rule in ${holder.name}`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={isBusy}
              disabled={!draft.pattern.trim() || check.problems.length > 0}
              onClick={() => save(mine, base.revision)}
            >
              {base.rule ? 'Save' : 'Add'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label="Action"
          selectedId={draft.action}
          options={[
            { id: 'allow', text: 'Allow' },
            { id: 'deny', text: 'Deny' },
          ]}
          onChange={({ detail }) => change({ action: detail.selectedId as Draft['action'] })}
        />
        <FormField
          label="Pattern"
          constraintText="api.example.com, *.example.com (below it), .example.com (itself and below), cdn-*.example.com"
        >
          <Input
            value={draft.pattern}
            onChange={({ detail }) => change({ pattern: detail.value })}
            spellcheck={false}
            autoFocus={!base.rule}
          />
        </FormField>
        <RuleFields draft={draft} onChange={change} />
        {(draft.isBroad || check.problems.some(one => one.code === 'broad-pattern')) && (
          <Alert type="warning" header="This reaches names that strangers can have">
            <Checkbox checked={draft.isBroad} onChange={({ detail }) => change({ isBroad: detail.checked })}>
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
