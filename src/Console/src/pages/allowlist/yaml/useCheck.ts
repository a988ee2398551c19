import { useEffect, useState } from 'react';
import { writeYaml } from '../../../api/policy';
import { ApiError } from '../../../api/problem';
import type { PolicyChange, TextProblem } from '../../../api/types';

const pause = 500;

export interface Check {
  isBusy: boolean;
  problems: TextProblem[];
  changes: PolicyChange[];
  changeCount: number;
  failure: string | null;
}

const nothing: Check = { isBusy: false, problems: [], changes: [], changeCount: 0, failure: null };

/** What the server says to a policy, asked whenever the typing rests: everything that is wrong, or everything that would change. */
export function useCheck(text: string, isOn: boolean): Check {
  const [check, setCheck] = useState(nothing);
  useEffect(() => {
    if (!isOn) {
      setCheck(nothing);
      return;
    }

    const stop = new AbortController();
    setCheck(before => ({ ...before, isBusy: true }));
    const timer = setTimeout(async () => {
      try {
        const edit = await writeYaml(text, '*', { dryRun: true, signal: stop.signal });
        setCheck({ ...nothing, changes: edit.changes, changeCount: edit.changeCount });
      } catch (error) {
        if (stop.signal.aborted) return;
        const problems = error instanceof ApiError ? error.problems : [];
        setCheck({ ...nothing, problems, failure: problems.length > 0 ? null : String(error instanceof Error ? error.message : error) });
      }
    }, pause);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [text, isOn]);
  return check;
}
