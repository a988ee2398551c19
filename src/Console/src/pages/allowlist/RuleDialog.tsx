import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useState } from 'react';
import { readRule } from '../../api/policy';
import { ApiError } from '../../api/problem';
import type { Holder, Rule } from '../../api/types';
import { ConflictDialog } from '../../parts/ConflictDialog';
import { differing } from '../../parts/versions';
import { blank, compareRules, type Draft, draftOf, mergeRules, ruleOf, sameRule } from '../../rules/draft';
import { RuleModal } from '../../rules/RuleModal';
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

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setTheirs(null);
      check.refuse(error);
    } finally {
      setBusy(false);
    }
  };

  const add = (wanted: Rule) =>
    attempt(async () => {
      await edits.add(holder, wanted, draft.comment);
      onClose();
    });

  const write = (before: Rule, wanted: Rule, onto: number) =>
    attempt(async () => {
      try {
        await edits.write(holder, theirs?.rule ?? before, wanted, onto, draft.comment);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 412) throw error;
        // The policy moved on. If it was elsewhere, the edit goes on top; if it was this rule, the user decides.
        const now = await readRule(holder, before.id ?? '');
        if (!now.body || !(sameRule(now.body, theirs?.rule ?? before) || sameRule(now.body, wanted))) {
          setTheirs({ rule: now.body, revision: now.revision });
          return;
        }
        await edits.write(holder, now.body, wanted, now.revision, draft.comment);
      }
      onClose();
    });

  if (theirs && base.rule) {
    const before = base.rule;
    const merged = theirs.rule && mergeRules(before, theirs.rule, mine);
    const overwrite = (wanted: Rule) => (theirs.rule ? write(before, wanted, theirs.revision) : add(wanted));
    return (
      <ConflictDialog
        title="Somebody else changed this rule meanwhile"
        fields={differing(compareRules(before, theirs.rule ?? {}, mine))}
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
    <RuleModal
      title={base.rule ? `Rule of ${holder.name}` : `New rule in ${holder.name}`}
      action={base.rule ? 'Save' : 'Add'}
      draft={draft}
      onChange={change}
      problems={check.problems}
      isBusy={isBusy}
      onSave={() => (base.rule ? write(base.rule, mine, base.revision) : add(mine))}
      onClose={onClose}
    >
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
        stretch
        label="Pattern"
        constraintText="api.example.com, *.example.com (below it), .example.com (itself and below), cdn-*.example.com"
      >
        <Input value={draft.pattern} onChange={({ detail }) => change({ pattern: detail.value })} spellcheck={false} autoFocus={!base.rule} />
      </FormField>
    </RuleModal>
  );
}
