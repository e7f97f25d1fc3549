/** Who owns the pages of a file, as runs of letters: what gutter and pictures show. */
import type { Owner, OwnerRun, Ownership } from '../trace.ts';
import type { Inode } from './inode.ts';
import type { Extension } from './kernel.ts';
import { pageUp } from './words.ts';

/** Runs shown of one file; the pages behind them are left out. */
const MAX_RUNS = 64;

/** The letter of one cached page: `K` out of the direct map, else `H`, unless an extension says otherwise. */
export function ownerOf(inode: Inode, index: number, extension?: Extension): Owner {
  const page = inode.page(index);
  if (page === undefined) return '·';
  return extension?.owner?.(inode, index, page.frame) ?? (page.frame.inDirectMap ? 'H' : 'K');
}

/** All pages of a file from its first: inside its size, and those that were allocated behind it. */
export function ownership(inode: Inode, extension?: Extension): Ownership {
  const indices = [...inode.pages.keys()].sort((a, b) => a - b);
  const runs: [Owner, number][] = [];
  const add = (owner: Owner, pages: number) => {
    const last = runs.at(-1);
    if (last !== undefined && last[0] === owner) last[1] += pages;
    else if (pages > 0) runs.push([owner, pages]);
  };
  let next = 0;
  for (const index of indices) {
    add('·', index - next);
    add(ownerOf(inode, index, extension), 1);
    next = index + 1;
  }
  add('·', pageUp(inode.size) - next);
  return { object: inode.label, first: 0, runs: runs.slice(0, MAX_RUNS) as OwnerRun[] };
}
