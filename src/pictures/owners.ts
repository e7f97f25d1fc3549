/** The owners of a page of memory as boxes and as words: the same letters, hues and patterns everywhere. */
import type { Owner, OwnerRun, Ownership } from '../model/trace.ts';
import { type Element, el, type Tree } from './tree.ts';

/** Every owner with its name for a person and the class that carries hue and pattern. */
export const OWNERS: Readonly<Record<Owner, { readonly name: string; readonly className: string }>> = {
  H: { name: 'host', className: 'h' },
  S: { name: 'shared', className: 's' },
  P: { name: 'guest private', className: 'p' },
  F: { name: 'firmware or module', className: 'f' },
  K: { name: 'out of the direct map', className: 'k' },
  '!': { name: 'poisoned or leaked', className: 'x' },
  '·': { name: 'free', className: 'o' },
};

/** The most boxes that a gutter shows for one object; beyond that, runs carry their length. */
const MOST_CELLS = 4;
const MOST_RUNS = 3;

/** One page as a box. */
export function cell(owner: Owner): Element {
  return el('b', { class: `pg ${OWNERS[owner].className}` }, owner);
}

/** Neighboring runs of one owner become one run; empty runs go. */
function joined(runs: readonly OwnerRun[]): OwnerRun[] {
  const result: [Owner, number][] = [];
  for (const [owner, pages] of runs) {
    const last = result.at(-1);
    if (last !== undefined && last[0] === owner) last[1] += pages;
    else if (pages > 0) result.push([owner, pages]);
  }
  return result;
}

function boxes(runs: readonly OwnerRun[]): Tree[] {
  const all = joined(runs);
  const total = all.reduce((sum, [, pages]) => sum + pages, 0);
  if (total <= MOST_CELLS) return all.flatMap(([owner, pages]) => Array.from({ length: pages }, () => cell(owner)));
  const shown = all.slice(0, MOST_RUNS).flatMap(([owner, pages]) => {
    return pages === 1 ? [cell(owner)] : [cell(owner), el('i', {}, `×${pages}`)];
  });
  return all.length > MOST_RUNS ? [...shown, el('i', {}, '…')] : shown;
}

/** `guest-ram: pages 0–1 guest private, 2–3 free`, for people who do not see the boxes. */
export function ownershipWords({ object, first, runs }: Ownership): string {
  const all = joined(runs);
  if (all.length === 0) return `${object}: no pages`;
  let page = first;
  const parts = all.map(([owner, pages], index) => {
    const range = pages === 1 ? `${page}` : `${page}–${page + pages - 1}`;
    page += pages;
    const noun = index > 0 ? '' : pages === 1 ? 'page ' : 'pages ';
    return `${noun}${range} ${OWNERS[owner].name}`;
  });
  return `${object}: ${parts.join(', ')}`;
}

/** `[PP··]`, `[P×512 ·×4]`: the gutter in plain text. */
export function ownershipLetters({ runs }: Ownership): string {
  const all = joined(runs);
  const total = all.reduce((sum, [, pages]) => sum + pages, 0);
  if (total <= MOST_CELLS) return `[${all.map(([owner, pages]) => owner.repeat(pages)).join('')}]`;
  return `[${all.map(([owner, pages]) => (pages === 1 ? owner : `${owner}×${pages}`)).join(' ')}]`;
}

/** The gutter of one line: a row of boxes for each object that the line touched. */
export function gutter(owners: readonly Ownership[]): Element {
  const shown = owners.filter(({ runs }) => runs.some(([, pages]) => pages > 0));
  if (shown.length === 0) return el('span', { class: 'gut' });
  return el(
    'span',
    { class: 'gut' },
    // The title names the boxes for readers who do not see them, and for a pointer that rests on them.
    shown.map((one) => el('span', { role: 'img', title: ownershipWords(one) }, boxes(one.runs))),
  );
}
