/**
 * The list of published ids only grows. An id that was published is an address that somebody has put into a mail, so it
 * may be superseded by another one, but it never vanishes; and what it says does not change unnoticed: the list keeps a
 * fingerprint of each claim, and a changed claim carries a dated correction.
 */
import { createHash } from 'node:crypto';
import type { Problems } from './problems.ts';
import type { PublishedId } from './records.ts';

/** Where the list stands. */
export const PUBLISHED_FILE = 'content/records/published-ids.json';

/** A claim as far as the list is concerned. */
export interface Listed {
  readonly id: string;
  readonly text: string;
  readonly status: string;
  readonly file: string;
  readonly line: number;
  readonly page: { readonly revised: string };
}

/** What a claim says, as twelve hexadecimal digits of SHA-256. */
export function fingerprint({ text, status }: Pick<Listed, 'text' | 'status'>): string {
  return createHash('sha256').update(`${status}\n${text}`).digest('hex').slice(0, 12);
}

/**
 * Adds a problem for every published id that no page has, for every claim whose id is not published, and for every
 * claim that no longer says what was published.
 */
export function checkPublished(
  published: ReadonlyMap<string, PublishedId>,
  claims: readonly Listed[],
  problems: Problems,
): void {
  const present = new Map(claims.map((claim) => [claim.id, claim]));
  let line = 1;
  for (const [id, { superseded_by: next, text }] of published) {
    line += 1;
    const claim = present.get(id);
    if (claim === undefined && next === undefined) {
      const help = 'put the claim back, or name the id that took its place as "superseded_by"';
      problems.add(PUBLISHED_FILE, line, `the published claim "${id}" has vanished: ${help}`);
    }
    if (claim === undefined) continue;
    if (next !== undefined) {
      problems.add(
        claim.file,
        claim.line,
        `<Claim>: the id "${id}" is superseded by "${next}" and cannot be used again`,
      );
    } else if (text !== fingerprint(claim)) {
      const help = 'npm run publish-ids -- --note "what was put right"';
      problems.add(claim.file, claim.line, `<Claim>: "${id}" no longer says what was published: ${help}`);
    }
  }
  for (const { id, file, line: at } of claims) {
    if (id === '' || published.has(id)) continue;
    problems.add(file, at, `<Claim>: the id "${id}" is new: "npm run publish-ids" adds it to the list, for good`);
  }
}

/** What publishing does to the list. */
export interface Publication {
  readonly list: Readonly<Record<string, PublishedId>>;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Claims that changed after the day of their publication, for which a note is needed. */
  readonly refused: readonly string[];
}

/**
 * The list with the ids of `claims` that are not in it yet, each dated by the revision of its page. A claim that changed
 * gets a correction with `note` and the date of its page's revision; on the day of its publication it needs none.
 */
export function publish(
  published: ReadonlyMap<string, PublishedId>,
  claims: readonly Listed[],
  note?: string,
): Publication {
  const list = new Map(published);
  const [added, changed, refused]: [string[], string[], string[]] = [[], [], []];
  for (const claim of claims) {
    const { id, page } = claim;
    const before = published.get(id);
    const text = fingerprint(claim);
    if (before === undefined) {
      list.set(id, { since: page.revised, text });
      added.push(id);
    } else if (before.text !== text && note !== undefined) {
      const corrections = [...(before.corrections ?? []), { date: page.revised, note }];
      list.set(id, { ...before, text, corrections });
      changed.push(id);
    } else if (before.text !== text && before.since === page.revised) {
      list.set(id, { ...before, text });
      changed.push(id);
    } else if (before.text !== text) refused.push(id);
  }
  // In the order of ids, so that two writers who publish at once rarely touch the same line.
  const sorted = [...list].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return { list: Object.fromEntries(sorted), added, changed, refused };
}

/** The list as it is written: one line per id, so that a change reads well. */
export function format(list: Readonly<Record<string, PublishedId>>): string {
  const lines = Object.entries(list).map(([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)}`);
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}
