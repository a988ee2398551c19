import type { AtRevision } from '../../../api/client';

/** What was typed and not saved, with what it builds on. */
interface Draft {
  base: AtRevision<string>;
  text: string;
}

const key = 'dnsguard.policy-draft';

/** Keeps what was typed while this browser tab lives. A policy too large for that is lost with the page, as everywhere else. */
export function keep(draft: Draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    forget();
  }
}

export function forget() {
  sessionStorage.removeItem(key);
}

export function readKept(): Draft | null {
  const text = sessionStorage.getItem(key);
  return text === null ? null : (JSON.parse(text) as Draft);
}
