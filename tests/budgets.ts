/**
 * What a first visit may cost, nothing clicked: bytes as they travel (Brotli) of HTML, style sheets, scripts and fonts,
 * bytes of the scripts among them, and requests. A reading page has the figure of the design; the pages that show a lot
 * of data have their own.
 */
import type { Kind } from './site.ts';

export interface Budget {
  /** Bytes of all answers together. */
  readonly bytes: number;
  /** Bytes of scripts. */
  readonly script: number;
  readonly requests: number;
}

const kB = 1000;
const READING: Budget = { bytes: 40 * kB, script: 3 * kB, requests: 4 };

export const BUDGETS: Record<Kind, Budget> = {
  home: READING,
  chapter: READING,
  thread: READING,
  mechanism: READING,
  question: READING,
  claim: READING,
  about: READING,
  list: READING,
  missing: READING,
  // These have a style sheet of their own beside the common one.
  timeline: { ...READING, bytes: 60 * kB, requests: 5 },
  comparison: { ...READING, bytes: 60 * kB, requests: 5 },
  cell: { ...READING, requests: 5 },
  pair: { ...READING, bytes: 60 * kB, requests: 5 },
  evidence: { ...READING, bytes: 60 * kB },
  subject: { ...READING, bytes: 60 * kB },
  recording: READING,
  // The model that computes comes along, and what the two tools share is a file of its own.
  tool: { bytes: 60 * kB, script: 25 * kB, requests: 8 },
  glossary: READING,
  claims: { ...READING, bytes: 90 * kB },
  sources: { ...READING, bytes: 60 * kB },
};
