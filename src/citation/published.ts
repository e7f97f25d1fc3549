/**
 * The list of published ids only grows. An id that was published is an address that somebody has put into a mail, so it
 * may be superseded by another one, but it never vanishes.
 */
import type { Problems } from './problems.ts';
import type { PublishedId } from './records.ts';

/** Where the list stands. */
export const PUBLISHED_FILE = 'content/records/published-ids.json';

/** A claim as far as the list is concerned. */
export interface Listed {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly page: { readonly revised: string };
}

/** Adds a problem for every published id that no page has, and for every claim whose id is not published. */
export function checkPublished(
  published: ReadonlyMap<string, PublishedId>,
  claims: readonly Listed[],
  problems: Problems,
): void {
  const present = new Map(claims.map((claim) => [claim.id, claim]));
  let line = 1;
  for (const [id, { superseded_by: next }] of published) {
    line += 1;
    const claim = present.get(id);
    if (claim === undefined && next === undefined) {
      const help = 'put the claim back, or name the id that took its place as "superseded_by"';
      problems.add(PUBLISHED_FILE, line, `the published claim "${id}" has vanished: ${help}`);
    }
    if (claim !== undefined && next !== undefined) {
      problems.add(
        claim.file,
        claim.line,
        `<Claim>: the id "${id}" is superseded by "${next}" and cannot be used again`,
      );
    }
  }
  // Before the first publication every id is free.
  if (published.size === 0) return;
  for (const { id, file, line: at } of claims) {
    if (id === '' || published.has(id)) continue;
    problems.add(file, at, `<Claim>: the id "${id}" is new: "npm run publish-ids" adds it to the list, for good`);
  }
}

/** The list with the ids of `claims` that are not in it yet, each dated by the revision of its page; and those ids. */
export function withNew(
  published: ReadonlyMap<string, PublishedId>,
  claims: readonly Listed[],
): { readonly list: Readonly<Record<string, PublishedId>>; readonly added: readonly string[] } {
  const fresh = claims.filter(({ id }) => id !== '' && !published.has(id));
  const added = [...new Map(fresh.map((claim) => [claim.id, { since: claim.page.revised }]))];
  return { list: Object.fromEntries([...published, ...added]), added: added.map(([id]) => id) };
}

/** The list as it is written: one line per id, so that a change reads well. */
export function format(list: Readonly<Record<string, PublishedId>>): string {
  const lines = Object.entries(list).map(([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)}`);
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}
