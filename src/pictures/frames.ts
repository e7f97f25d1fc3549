/**
 * The picture that moves: a snippet's run as a sequence of frames. Each frame is one line that touched pages, with who
 * owns every page seen so far, or a picture that the snippet took. Computed from the run and from nothing else.
 */
import type { PagesPicture, Picture } from '../model/picture.ts';
import type { Owner, Ownership } from '../model/trace.ts';
import type { LineResult, RunResult } from '../snippet/types.ts';

/** One frame. */
export interface Frame {
  /** Line of the source after which this holds, from 1. */
  readonly line: number;
  /** What the line gave, where it gave something. */
  readonly result?: LineResult | undefined;
  /** Pages by object; `note` of a cell is the owner before, where it changed, or `×n` for a run of many pages. */
  readonly pages?: PagesPicture | undefined;
  readonly picture?: Picture | undefined;
}

/** An object of more pages than these is drawn as runs. */
const MOST_PAGES = 16;

type Cells = PagesPicture['rows'][number]['cells'];

const count = ({ runs }: Ownership) => runs.reduce((sum, [, pages]) => sum + pages, 0);

const single = ({ runs }: Ownership) => runs.flatMap(([owner, pages]) => Array.from({ length: pages }, () => owner));

function cells(now: Ownership, before: Ownership | undefined): Cells {
  if (count(now) > MOST_PAGES) {
    return now.runs.map(([owner, pages]) => (pages === 1 ? { owner } : { owner, note: `×${pages}` }));
  }
  const old = before === undefined || count(before) > MOST_PAGES ? undefined : single(before);
  return single(now).map((owner, page) => {
    const was: Owner = old === undefined ? owner : (old[page + now.first - (before?.first ?? 0)] ?? '·');
    return was === owner ? { owner } : { owner, note: was };
  });
}

/** All objects seen so far, with what this line did to them. */
function picture(before: ReadonlyMap<string, Ownership>, now: ReadonlyMap<string, Ownership>): PagesPicture {
  const rows = [...now].map(([label, ownership]) => ({ label, cells: cells(ownership, before.get(label)) }));
  return { kind: 'pages', title: 'Who owns the pages', rows };
}

/** The frames of a run, in order of its lines; a line that says nothing about pages and took no picture has none. */
export function frames(result: RunResult): Frame[] {
  let pages: ReadonlyMap<string, Ownership> = new Map();
  const lines = new Set(
    [...result.lines.filter((line) => line.owners.length > 0), ...result.pictures].map((x) => x.line),
  );
  return [...lines]
    .sort((a, b) => a - b)
    .flatMap((line): Frame[] => {
      const own = result.lines.find((entry) => entry.line === line);
      const taken = result.pictures.filter((entry) => entry.line === line).map((entry) => entry.picture);
      const before = pages;
      if (own !== undefined) pages = new Map([...before, ...own.owners.map((entry) => [entry.object, entry] as const)]);
      const drawn = pages.size > 0 ? picture(before, pages) : undefined;
      const first: Frame = { line, result: own, pages: drawn, picture: taken[0] };
      return [first, ...taken.slice(1).map((rest): Frame => ({ line, result: own, pages: drawn, picture: rest }))];
    });
}
