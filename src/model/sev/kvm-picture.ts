/** The records about an SNP guest's memory beside each other: what user space wants, what the file has, what the RMP says. */
import type { TablesPicture } from '../picture.ts';
import { PAGE } from '../units.ts';
import { hex } from './address.ts';
import type { SnpVm } from './kvm-snp.ts';
import { pageState } from './page-state.ts';
import { REGION } from './rmp-entry.ts';

type Table = TablesPicture['tables'][number];
type Row = Table['rows'][number];
type Edge = NonNullable<TablesPicture['edges']>[number];

/** Guest frames drawn; the rest is left out. */
const MOST_ROWS = 6;

/** Rows as they were in the last picture of a VM, so that the next one can say what changed. */
const seen = new WeakMap<SnpVm, Map<string, string>>();

export function drawLaunch(vm: SnpVm, title: string): TablesPicture {
  const wanted: Row[] = [];
  const entries: Row[] = [];
  const others = new Map<string, Row>();
  const edges: Edge[] = [];
  const { rmp, directMap } = vm.platform;
  for (const gfn of frames(vm)) {
    const id = `gfn ${gfn}`;
    const kind = vm.gfnIsPrivate(gfn) ? 'private' : 'shared';
    const pfn = vm.pfn(gfn * PAGE);
    if (typeof pfn !== 'number') {
      wanted.push({ id, cells: [hex(gfn * PAGE), kind, '–'] });
      continue;
    }
    const frame = vm.host.memory.frame(pfn);
    const owner = frame && vm.gmemOwner(frame);
    const entry = rmp.lookup(pfn);
    const at = entry?.assigned === 1 ? hex(rmp.gpa(pfn)) : '–';
    wanted.push({ id, cells: [hex(gfn * PAGE), kind, hex(pfn)] });
    const cells = [hex(pfn), pageState(entry), at];
    entries.push({ id: `rmp ${pfn}`, ...(owner === undefined ? {} : { owner }), cells });
    edges.push({ from: id, to: `rmp ${pfn}` });
    const mapped = frame?.inDirectMap === false ? 'none' : directMap.level(pfn);
    others.set(`map ${Math.floor(pfn / REGION)}`, {
      id: `map ${Math.floor(pfn / REGION)}`,
      cells: ['mapping', mapped],
    });
  }
  if (vm.digest !== undefined) others.set('digest', { id: 'digest', cells: ['digest', vm.digest.hex.slice(0, 8)] });
  const tables: Table[] = [
    { label: 'KVM', columns: ['guest', 'attribute', 'frame'], rows: wanted },
    { label: 'RMP', columns: ['frame', 'state', 'guest'], rows: entries },
    { label: 'kernel, firmware', columns: ['record', 'says'], rows: [...others.values()] },
  ];
  return { kind: 'tables', title, tables: marked(vm, tables), edges };
}

function frames(vm: SnpVm): number[] {
  const all = vm.memorySlots.flatMap(({ first, pages }) => Array.from({ length: pages }, (_one, i) => first + i));
  return all.slice(0, MOST_ROWS);
}

/** Marks rows that are new or other than in the picture before; the first picture has no marks. */
function marked(vm: SnpVm, tables: readonly Table[]): Table[] {
  const before = seen.get(vm);
  const now = new Map<string, string>();
  const drawn = tables.map((table) => ({
    ...table,
    rows: table.rows.map((row): Row => {
      const key = `${table.label} ${row.id}`;
      const text = row.cells.join();
      now.set(key, text);
      return before === undefined || before.get(key) === text ? row : { ...row, mark: 'changed' };
    }),
  }));
  seen.set(vm, now);
  return drawn;
}
