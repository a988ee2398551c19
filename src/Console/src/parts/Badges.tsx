import { formatWord } from './format';

const signs: Record<string, string> = { allowed: '✓', audited: '◐', blocked: '✕', refused: '⊘' };

/** What became of a question, in words; the colour only helps. */
export function OutcomeBadge({ outcome }: { outcome: string }) {
  return (
    <span className={`dg-badge dg-${outcome}`}>
      <span aria-hidden="true">{signs[outcome] ?? '•'}</span> {formatWord(outcome)}
    </span>
  );
}

/** A small label of any kind. */
export function Tag({ children, tone = 'plain' }: { children: React.ReactNode; tone?: 'plain' | 'good' | 'warn' | 'bad' | 'info' }) {
  return <span className={`dg-badge dg-tone-${tone}`}>{children}</span>;
}

/** A name, address or pattern: monospace, and broken anywhere rather than cut. */
export function Mono({ children, strong }: { children: React.ReactNode; strong?: boolean }) {
  return <span className={strong ? 'dg-mono dg-strong' : 'dg-mono'}>{children}</span>;
}
