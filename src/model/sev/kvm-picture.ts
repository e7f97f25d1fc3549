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
  const file: Row[] = [];
  const entries: Row[] = [];
  const kernel = new Map<number, Row>();
  const edges: Edge[] = [];
  const { rmp, directMap } = vm.platform;
  for (const gfn of frames(vm)) {
    const id = String(gfn);
    wanted.push({ id: `gfn ${id}`, cells: [hex(gfn * PAGE), vm.gfnIsPrivate(gfn) ? 'private' : 'shared'] });
    const pfn = vm.pfn(gfn * PAGE);
    if (typeof pfn !== 'number') continue;
    const frame = vm.host.memory.frame(pfn);
    const owner = frame && vm.gmemOwner(frame);
    const letter = owner === undefined ? {} : { owner };
    file.push({ id: `file ${id}`, ...letter, cells: [id, hex(pfn * PAGE)] });
    const entry = rmp.lookup(pfn);
    const at = entry?.assigned === 1 ? hex(rmp.gpa(pfn)) : '–';
    entries.push({ id: `rmp ${pfn}`, ...letter, cells: [hex(pfn * PAGE), pageState(entry), at] });
    const block = Math.floor(pfn / REGION);
    const size = frame?.inDirectMap === false ? 'not mapped' : directMap.level(pfn);
    kernel.set(block, { id: `map ${block}`, cells: [hex(block * REGION * PAGE), size] });
    edges.push({ from: `gfn ${id}`, to: `file ${id}` }, { from: `file ${id}`, to: `rmp ${pfn}` });
  }
  const digest = vm.digest === undefined ? [] : [{ id: 'digest', cells: [vm.digest.show()] }];
  const tables: Table[] = [
    { label: 'attribute (user space)', columns: ['guest', 'wanted'], rows: wanted },
    { label: 'guest_memfd (KVM)', columns: ['page', 'frame'], rows: file },
    { label: 'RMP (processor)', columns: ['frame', 'state', 'guest'], rows: entries },
    { label: 'direct map (kernel)', columns: ['from', 'mapped by'], rows: [...kernel.values()] },
    { label: 'launch digest (firmware)', columns: ['so far'], rows: digest },
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
