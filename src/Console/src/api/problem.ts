import type { TextProblem } from './types';

/** An answer that is not what was asked for (RFC 9457), or none at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: TextProblem[];

  constructor(status: number, code: string, detail: string, problems: TextProblem[] = []) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.problems = problems;
  }

  /** Everything that is wrong, as sentences. */
  get lines(): string[] {
    return this.problems.length > 0 ? this.problems.map(one => `${one.detail}. ${one.cure}.`) : [this.message];
  }
}

/** Makes an error of an answer's body. */
export function problemOf(status: number, body: unknown): ApiError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as { title?: string; detail?: string; errors?: TextProblem[] };
  return new ApiError(
    status,
    problem.title ?? 'refused',
    problem.detail ?? `The server answered with status ${status}.`,
    problem.errors ?? [],
  );
}

/** What to tell a person about anything that was thrown. */
export function describe(error: unknown): string {
  return error instanceof ApiError ? error.lines.join(' ') : error instanceof Error ? error.message : String(error);
}
