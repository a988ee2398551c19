const count = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 12,345; and 1.2M from a million on. */
export function formatCount(value: number): string {
  return Math.abs(value) >= 1_000_000 ? short.format(value) : count.format(value);
}

/** A part of a whole: 12.3 %. A part that is there never reads as nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (part / whole) * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Microseconds as people read them: 85 µs, 1.4 ms, 2.31 s. */
export function formatMicroseconds(value: number): string {
  if (value < 1_000) return `${value} µs`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(value < 10_000 ? 1 : 0)} ms`;
  return `${(value / 1_000_000).toFixed(2)} s`;
}

const units: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A span in seconds: 45 s, 12 min, 3 h, 9 d. */
export function formatSpan(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** 5 s ago, in 3 h, now. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  if (Math.abs(seconds) < 2) return 'now';
  return seconds > 0 ? `${formatSpan(seconds)} ago` : `in ${formatSpan(-seconds)}`;
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** 2026-03-01 14:05:09, in the reader's time zone. */
export function formatMoment(at: Date): string {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${formatClock(at)}`;
}

/** 14:05:09. */
export function formatClock(at: Date): string {
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** 14:05:09.123 today, with the date before it on other days. */
export function formatLogTime(at: Date, now: Date): string {
  const clock = `${formatClock(at)}.${pad(at.getMilliseconds(), 3)}`;
  return at.toDateString() === now.toDateString() ? clock : `${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clock}`;
}

/** noRule → No rule. */
export function formatWord(word: string): string {
  const spaced = word.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** One name, two names. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}
