import { useLayoutEffect, useRef } from 'react';
import type { TextProblem } from '../../../api/types';

interface Props {
  text: string;
  onChange: (text: string) => void;
  problems: TextProblem[];
  isReadOnly?: boolean;
  label: string;
  jump?: { line: number; column: number } | null;
}

const lineHeight = 20;

/** A plain text field with line numbers; Tab leaves it, as the keyboard expects. */
export function YamlEditor({ text, onChange, problems, isReadOnly, label, jump }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const lines = text.split('\n');
  const wrong = new Set(problems.map(one => one.line));
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);

  useLayoutEffect(() => {
    if (!jump || !area.current) return;
    const before = area.current.value.split('\n').slice(0, jump.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + jump.column - 1;
    area.current.focus();
    area.current.setSelectionRange(at, at);
    if (frame.current) frame.current.scrollTop = Math.max(0, (jump.line - 6) * lineHeight);
  }, [jump]);

  return (
    <div className="dg-editor" ref={frame}>
      <div className="dg-gutter" aria-hidden="true">
        {lines.map((_, at) => (
          // A line has no other identity than its place.
          // see above
          <div key={at} className={wrong.has(at + 1) ? 'dg-wrong' : undefined}>
            {wrong.has(at + 1) ? '✕ ' : ''}
            {at + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        aria-invalid={problems.length > 0}
        value={text}
        readOnly={isReadOnly}
        spellCheck={false}
        wrap="off"
        autoCapitalize="off"
        onChange={event => onChange(event.target.value)}
        style={{ height: lines.length * lineHeight + 24, minWidth: `${widest + 4}ch` }}
      />
    </div>
  );
}
