export interface DiffLine {
  kind: 'same' | 'add' | 'del';
  text: string;
}

const most = 4_000_000;

/** The lines that differ between two texts, by their longest common subsequence. What is equal at both ends is not compared. */
export function diffLines(before: string, after: string): DiffLine[] {
  const left = before.split('\n');
  const right = after.split('\n');
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...left.slice(0, start).map(same),
    ...middle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...left.slice(left.length - end).map(same),
  ];
}

function middle(left: string[], right: string[]): DiffLine[] {
  // Two texts that have little in common: taken as a whole, since the table would be too large.
  if (left.length * right.length > most)
    return [...left.map<DiffLine>(text => ({ kind: 'del', text })), ...right.map<DiffLine>(text => ({ kind: 'add', text }))];
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);

  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: 'same', text: left[i++] });
      j++;
    } else if (j >= right.length || (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]))
      lines.push({ kind: 'del', text: left[i++] });
    else lines.push({ kind: 'add', text: right[j++] });
  }
  return lines;
}

interface Hunk {
  start: number;
  end: number;
  lines: string[];
}

/** Runs of lines of the base that a version replaces. */
function hunks(base: string, version: string): Hunk[] {
  const found: Hunk[] = [];
  let at = 0;
  let open: Hunk | null = null;
  for (const { kind, text } of diffLines(base, version)) {
    if (kind === 'same') {
      open = null;
      at++;
      continue;
    }
    if (open === null) {
      open = { start: at, end: at, lines: [] };
      found.push(open);
    }
    if (kind === 'del') open.end = ++at;
    else open.lines.push(text);
  }
  return found;
}

/** Both versions' changes to a base in one text; null where both changed the same lines, or lines that touch. */
export function mergeTexts(base: string, mine: string, theirs: string): string | null {
  const left = hunks(base, mine);
  const right = hunks(base, theirs).filter(
    one => !left.some(other => other.start === one.start && other.end === one.end && other.lines.join('\n') === one.lines.join('\n')),
  );
  for (const one of left) if (right.some(other => one.start <= other.end && other.start <= one.end)) return null;
  const lines = base.split('\n');
  const merged: string[] = [];
  let at = 0;
  for (const hunk of [...left, ...right].sort((first, second) => first.start - second.start)) {
    merged.push(...lines.slice(at, hunk.start), ...hunk.lines);
    at = hunk.end;
  }
  return [...merged, ...lines.slice(at)].join('\n');
}
