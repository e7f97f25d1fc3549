/** The machine's tables beside each other: what the guest says, what the host says, and what the RMP says about the page. */
import type { TablesPicture } from '../picture.ts';
import { PAGE } from '../units.ts';
import { hex } from './address.ts';
import { pageState } from './page-state.ts';
import { REGION, RMP_PG_SIZE_2M } from './rmp-entry.ts';
import type { SnpMachine } from './snp-machine.ts';

type Table = TablesPicture['tables'][number];
type Row = Table['rows'][number];
type Edge = NonNullable<TablesPicture['edges']>[number];

/** Rows of one table; the rest is left out with a row that says so. */
const MOST_ROWS = 8;

export function drawTables(machine: SnpMachine, title: string): TablesPicture {
  const tables: Table[] = [];
  const edges: Edge[] = [];
  const rmp = rmpRows(machine);
  for (const guest of machine.guests) {
    const pages = guest.mappings.map(({ gva, gpa, c_bit }): Row => {
      const id = `${guest.name} gva ${gva}`;
      const behind = guest.npt.find(gpa);
      if (behind !== undefined) edges.push({ from: id, to: `${guest.name} gpa ${behind.gpa}` });
      return { id, cells: [hex(gva), hex(gpa), String(c_bit)] };
    });
    if (pages.length > 0)
      tables.push({ label: `${guest.name}: page table`, columns: ['gVA', 'gPA', 'C'], rows: pages });
    const nested = guest.npt.entries.map(({ gpa, spa, level }): Row => {
      const id = `${guest.name} gpa ${gpa}`;
      const head = machine.rmp.head(spa / PAGE);
      edges.push({ from: id, to: `rmp ${rmp.has(head) ? head : spa / PAGE}` });
      return { id, cells: [hex(gpa), hex(spa), level] };
    });
    tables.push({ label: `${guest.name}: nested table`, columns: ['gPA', 'sPA', 'size'], rows: nested });
  }
  tables.push({
    label: 'RMP',
    columns: ['sPA', 'state', 'ASID', 'gPA', 'size'],
    rows: [...rmp.values()],
  });
  // Mapped page by page there is nothing to see.
  if (machine.direct_map.level !== '4K') {
    tables.push({ label: 'host: direct map', columns: ['sPA', 'size'], rows: hostRows(machine) });
  }
  return {
    kind: 'tables',
    title,
    tables: tables.map((table) => ({ ...table, rows: marked(machine, table).slice(0, MOST_ROWS) })),
    edges,
  };
}

/** Frames that the picture names: of small named memory every page, of large the entries that differ from their neighbor. */
function rmpRows(machine: SnpMachine): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const { spa, pages } of machine.named) {
    const first = spa / PAGE;
    let before = '';
    let last: { readonly pfn: number; readonly cells: string[]; pages: number } | undefined;
    for (let pfn = first; pfn < first + pages; pfn++) {
      const head = machine.rmp.head(pfn);
      if (head < pfn && head >= first) continue;
      const cells = entryCells(machine, pfn);
      // The guest address counts up from page to page; only what else differs makes a row.
      const key = [...cells.slice(1, 3), ...cells.slice(4)].join();
      if (pages > MOST_ROWS && key === before && last !== undefined) {
        last.pages++;
        last.cells[0] = `${hex(last.pfn * PAGE)} ×${last.pages}`;
        continue;
      }
      before = key;
      last = { pfn, cells, pages: 1 };
      rows.set(pfn, { id: `rmp ${pfn}`, owner: machine.ownerOf(pfn), cells });
    }
  }
  return rows;
}

function entryCells(machine: SnpMachine, pfn: number): string[] {
  const spa = hex(pfn * PAGE);
  const entry = machine.rmp.lookup(pfn);
  const state = pageState(entry);
  if (entry === undefined) return [spa, 'not covered', '', '', ''];
  if (entry.assigned === 0) return [spa, state, '', '', ''];
  const gpa = entry.asid === 0 ? '' : hex(machine.rmp.gpa(pfn));
  return [spa, state, String(entry.asid), gpa, entry.page_size === RMP_PG_SIZE_2M ? '2M' : '4K'];
}

/** Regions of the direct map that hold named memory. */
function hostRows(machine: SnpMachine): Row[] {
  const regions = new Set<number>();
  for (const { spa, pages } of machine.named) {
    for (let pfn = spa / PAGE; pfn < spa / PAGE + pages; pfn += REGION) regions.add(Math.floor(pfn / REGION));
  }
  return [...regions]
    .sort((a, b) => a - b)
    .map((region) => ({
      id: `host ${region}`,
      cells: [hex(region * REGION * PAGE), machine.direct_map.levelOf(region * REGION)],
    }));
}

/** Marks the rows that differ from those of the last picture; the first picture marks none. */
function marked(machine: SnpMachine, { label, rows }: Table): readonly Row[] {
  const first = !machine.drawn.has(label);
  machine.drawn.set(label, '');
  return rows.map((row) => {
    const key = `${label} ${row.id}`;
    const now = row.cells.join(' ');
    const same = machine.drawn.get(key) === now;
    machine.drawn.set(key, now);
    return same || first ? row : { ...row, mark: 'changed' as const };
  });
}
