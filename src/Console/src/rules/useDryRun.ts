import { useEffect, useState } from 'react';
import { addRule, writeRule } from '../api/policy';
import { ApiError, describe } from '../api/problem';
import type { Holder, Rule, TextProblem } from '../api/types';

const pause = 500;

/** What the server would say to a rule, asked whenever the typing rests. Nothing is changed by it. */
export function useDryRun(holder: Holder, rule: Rule, existing: Rule | undefined) {
  const [problems, setProblems] = useState<TextProblem[]>([]);
  const text = JSON.stringify({ holder, rule, id: existing?.id });

  const refuse = (error: unknown) => {
    const found =
      error instanceof ApiError && error.problems.length > 0
        ? error.problems
        : [{ pointer: '', line: 0, column: 0, code: 'refused', detail: describe(error).replace(/\.$/, ''), cure: 'Try again' }];
    setProblems(found);
  };

  // The text stands for all that is asked about.
  // see above
  useEffect(() => {
    let isOld = false;
    setProblems([]);
    const timer = setTimeout(async () => {
      if (!(rule.allow ?? rule.deny)) return;
      try {
        await (existing?.id
          ? writeRule(holder, existing.id, { ...rule, id: existing.id }, '*', { dryRun: true })
          : addRule(holder, rule, { dryRun: true }));
      } catch (error) {
        if (!isOld && error instanceof ApiError && error.status === 422) refuse(error);
      }
    }, pause);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [text]);
  return { problems, refuse };
}
