import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { addRule, addRules, readRule, removeRules, writeRule } from '../api/policy';
import { ApiError } from '../api/problem';
import type { Edit, Holder, Rule } from '../api/types';
import { Mono } from '../parts/Badges';
import { plural } from '../parts/format';
import { useFlashes } from '../shell/flashes';
import { patternOf, sameRule } from './draft';

/** The id of the rule that an edit made. */
function idOf(edit: Edit): string {
  return edit.changes.map(one => one.path.split('/rules/')[1]).find(Boolean) ?? '';
}

/** Edits of rules, each told with its revision and with a way back. */
export function useRuleEdits() {
  const queries = useQueryClient();
  const { show, fail, hide } = useFlashes();

  const refresh = useCallback(
    () => Promise.all(['policy', 'log', 'stats', 'version', 'grants'].map(key => queries.invalidateQueries({ queryKey: [key] }))),
    [queries],
  );

  const tell = useCallback(
    (edit: Edit, what: React.ReactNode, undo: () => Promise<Edit>) => {
      void refresh();
      const id = show({
        type: 'success',
        content: (
          <>
            {what} Revision {edit.revision} is in force.
          </>
        ),
        actions: [
          {
            text: 'Undo',
            run: async () => {
              hide(id);
              try {
                const undone = await undo();
                void refresh();
                show({ type: 'success', content: `Undone: revision ${undone.revision} is in force.` });
              } catch (error) {
                fail('It could not be undone', error);
              }
            },
          },
        ],
      });
    },
    [refresh, show, hide, fail],
  );

  const add = useCallback(
    async (holder: Holder, rule: Rule, comment?: string) => {
      const edit = await addRule(holder, rule, { comment });
      const id = idOf(edit);
      const made = readMade(holder, id, edit.revision);
      tell(
        edit,
        <>
          <Mono>{patternOf(rule)}</Mono> is {rule.deny ? 'denied' : 'allowed'} in {holder.name}.
        </>,
        () =>
          ifUntouched(holder, id, made, edit.revision, revision =>
            removeRules(holder, [id], revision, `Undo of revision ${edit.revision}`),
          ),
      );
      return edit;
    },
    [tell],
  );

  const write = useCallback(
    async (holder: Holder, before: Rule, rule: Rule, base: number, comment?: string) => {
      const id = before.id ?? '';
      const edit = await writeRule(holder, id, rule, base, { comment });
      const made = readMade(holder, id, edit.revision);
      tell(
        edit,
        <>
          <Mono>{patternOf(rule)}</Mono> in {holder.name} is changed.
        </>,
        () =>
          ifUntouched(holder, id, made, edit.revision, revision =>
            writeRule(holder, id, before, revision, { comment: `Undo of revision ${edit.revision}` }),
          ),
      );
      return edit;
    },
    [tell],
  );

  const remove = useCallback(
    async (holder: Holder, rules: Rule[], base: number) => {
      const edit = await removeRules(
        holder,
        rules.map(one => one.id ?? ''),
        base,
      );
      const what =
        rules.length === 1 ? (
          <>
            <Mono>{patternOf(rules[0])}</Mono> is removed from {holder.name}.
          </>
        ) : (
          <>
            {plural(rules.length, 'rule')} removed from {holder.name}.
          </>
        );
      tell(edit, what, () => addRules(holder, rules, `Undo of revision ${edit.revision}`));
      return edit;
    },
    [tell],
  );
  return { add, write, remove, refresh };
}

/** A rule as the server has it right after an edit; null where somebody was faster, or it cannot be read. */
async function readMade(holder: Holder, id: string, revision: number): Promise<Rule | null> {
  const now = await readRule(holder, id).catch(() => null);
  return now?.revision === revision ? now.body : null;
}

/** Takes an edit back on top of what others did since, but not where they changed anything of the same rule. */
async function ifUntouched(
  holder: Holder,
  id: string,
  made: Promise<Rule | null>,
  revision: number,
  undo: (revision: number) => Promise<Edit>,
): Promise<Edit> {
  try {
    return await undo(revision);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
    const ours = await made;
    const now = await readRule(holder, id);
    if (!ours || !now.body || !sameRule(now.body, ours))
      throw new ApiError(412, 'stale', `Somebody has changed or removed this rule since (revision ${now.revision}); nothing was undone.`);
    return undo(now.revision);
  }
}
