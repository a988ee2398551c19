import Alert from '@cloudscape-design/components/alert';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TextProblem } from '../../../api/types';
import { plural } from '../../../parts/format';
import { Changes } from '../Changes';
import type { Check } from './useCheck';

/** What is wrong with the text, or what it would change. */
export function Problems({ check, isChanged, onJump }: { check: Check; isChanged: boolean; onJump: (problem: TextProblem) => void }) {
  if (!isChanged) return null;
  if (check.isBusy) return <StatusIndicator type="loading">Checking</StatusIndicator>;
  if (check.failure) return <Alert type="error">{check.failure}</Alert>;
  if (check.problems.length > 0)
    return (
      <Alert type="error" header={`${plural(check.problems.length, 'thing')} to mend before it can be saved`}>
        <ul className="dg-problems">
          {check.problems.map(one => (
            <li key={`${one.line}:${one.column}:${one.code}`}>
              {one.line > 0 && (
                <button type="button" className="dg-link" onClick={() => onJump(one)}>
                  Line {one.line}
                </button>
              )}{' '}
              {one.detail}. {one.cure}.
            </li>
          ))}
        </ul>
      </Alert>
    );
  if (check.changeCount === 0) return <StatusIndicator type="info">Only comments or their layout differ</StatusIndicator>;
  return (
    <ExpandableSection defaultExpanded headerText={`${plural(check.changeCount, 'change')} to be saved`} variant="footer">
      <Changes changes={check.changes} count={check.changeCount} />
    </ExpandableSection>
  );
}
