import type { Target } from '../../api/types';

/** How a target's state is coloured; the word always stands beside it. */
export function stateTone(target: Target): 'good' | 'warn' | 'bad' {
  return target.state === 'ready' ? 'good' : target.state === 'starting' ? 'warn' : 'bad';
}
