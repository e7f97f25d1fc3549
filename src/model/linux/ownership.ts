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
  return (
    extension?.owner?.(inode, index, page.frame) ??
    inode.operations?.owner(index) ??
    (page.frame.inDirectMap ? 'H' : 'K')
  );
}

/** The last answer for a file, and what it was made from. Large files would otherwise be walked at every step. */
const kept = new WeakMap<Inode, { readonly size: bigint; readonly changes: number; readonly answer: Ownership }>();

/** All pages of a file from its first: inside its size, and those that were allocated behind it. */
export function ownership(inode: Inode, extension?: Extension): Ownership {
  const known = kept.get(inode);
  const { size, pageChanges: changes } = inode;
  // The letters of an extension, or of a file with its own operations, depend on more than on which pages there are.
  const steady = extension === undefined && inode.operations === undefined;
  if (steady && known?.size === size && known.changes === changes) return known.answer;
  const answer = { object: inode.label, first: 0, runs: runsOf(inode, extension) };
  kept.set(inode, { size, changes, answer });
  return answer;
}

function runsOf(inode: Inode, extension: Extension | undefined): OwnerRun[] {
  const runs: [Owner, number][] = [];
  const add = (owner: Owner, pages: number) => {
    const last = runs.at(-1);
    if (last !== undefined && last[0] === owner) last[1] += pages;
    else if (pages > 0) runs.push([owner, pages]);
  };
  let next = 0;
  for (const index of inode.indices()) {
    add('·', index - next);
    add(ownerOf(inode, index, extension), 1);
    next = index + 1;
  }
  add('·', pageUp(inode.size) - next);
  return runs.slice(0, MAX_RUNS);
}
