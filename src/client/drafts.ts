/** Edits survive a reload in the session's storage. Storage may be switched off or full: then nothing is kept, and nothing breaks. */

/** An edit that was not thrown away. */
export interface Draft {
  readonly text: string;
  /** It came from a link, so it is not the reader's own and not the site's. */
  readonly foreign: boolean;
}

const key = (figure: string): string => `draft ${location.pathname} ${figure}`;

export function loadDraft(figure: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key(figure)) ?? 'null');
    const { text, foreign } = (value ?? {}) as Partial<Draft>;
    return typeof text === 'string' ? { text, foreign: foreign === true } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a draft; undefined throws it away. */
export function keepDraft(figure: string, draft: Draft | undefined): void {
  try {
    if (draft) sessionStorage.setItem(key(figure), JSON.stringify(draft));
    else sessionStorage.removeItem(key(figure));
  } catch {
    // Nothing is kept then.
  }
}
