/** The tables of one VM side by side: the direct root, the mirror root, and the external table as its owner has it. */
import type { TablesPicture } from '../../picture.ts';
import type { Owner } from '../../trace.ts';
import type { TdpMmu } from './mmu.ts';
import type { MmuPage } from './page.ts';
import { gfnOf } from './zap.ts';

type Row = TablesPicture['tables'][number]['rows'][number];

/** L: the level, 4 at the root, 1 for pages of 4 KiB. */
const COLUMNS = ['L', 'gfn', 'entry'];

const hex = (value: number): string => `0x${value.toString(16)}`;

/** Every entry of a table, from the root down. Pages that leaves map: private in a mirror, shared beside one, else the host's. */
function rows(mmu: TdpMmu, page: MmuPage, prefix: string): Row[] {
  const owner: Owner = page.role.is_mirror ? 'P' : mmu.mirror === undefined ? 'H' : 'S';
  return page.entries().flatMap(([index, value]): Row[] => {
    const gfn = gfnOf(mmu, page, index);
    const { level } = page.role;
    const row: Row = {
      id: `${prefix} ${level} ${gfn}`,
      ...(value.frame === undefined ? {} : { owner }),
      cells: [String(level), hex(gfn), text(value.frame?.pfn, value.kind)],
    };
    return [row, ...(value.page === undefined ? [] : rows(mmu, value.page, prefix))];
  });
}

function text(pfn: number | undefined, kind: string): string {
  if (pfn !== undefined) return hex(pfn);
  return kind === 'table' ? 'table' : 'FROZEN';
}

/** The rows of each table at the last picture, to mark what changed since. */
const before = new WeakMap<TdpMmu, Map<string, string>>();

export function tdpPicture(mmu: TdpMmu, title: string): TablesPicture {
  const last = before.get(mmu);
  const now = new Map<string, string>();
  const marked = (table: Row[]): Row[] =>
    table.map((row) => {
      now.set(row.id as string, row.cells.join(' '));
      const same = last === undefined || last.get(row.id as string) === row.cells.join(' ');
      return same ? row : { ...row, mark: 'changed' };
    });
  const external = (mmu.external?.drawn?.() ?? []).map(
    ({ level, gfn, text: entry, owner }): Row => ({
      id: `external ${level} ${gfn}`,
      ...(owner === undefined ? {} : { owner }),
      cells: [String(level), hex(gfn), entry],
    }),
  );
  const direct = marked(rows(mmu, mmu.direct, 'direct'));
  const mirror = mmu.mirror === undefined ? [] : marked(rows(mmu, mmu.mirror, 'mirror'));
  const tables = [
    { label: mmu.mirror === undefined ? "KVM's table" : 'direct', columns: COLUMNS, rows: direct },
    ...(mmu.mirror === undefined ? [] : [{ label: 'mirror', columns: COLUMNS, rows: mirror }]),
    ...(mmu.external?.drawn === undefined ? [] : [{ label: 'external', columns: COLUMNS, rows: marked(external) }]),
  ];
  before.set(mmu, now);
  const edges = mirror.map(({ id = '' }) => ({ from: id, to: id.replace('mirror', 'external') }));
  return { kind: 'tables', title, tables, edges };
}
