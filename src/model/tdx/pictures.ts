/** A TD as pictures: its Secure EPT beside the metadata of its pages, and its TLB epochs with the virtual CPUs inside. */
import type { EpochsPicture, TablesPicture } from '../picture.ts';
import { addressText, levelBytes } from './levels.ts';
import type { TdxMachine } from './machine.ts';
import type { SeptTable } from './sept.ts';
import type { Td } from './td.ts';

type Row = TablesPicture['tables'][number]['rows'][number];

/** Rows of one table of the drawing; more are left out. */
const MOST = 12;

const LEVELS = ['4 KiB', '2 MiB', '1 GiB', '512 GiB', '256 TiB'];

/** The last picture of each TD, to mark what changed since. */
const before = new WeakMap<Td, Map<string, string>>();

/** Entries from the root down, each with the page that it points to. */
function entries(table: SeptTable, base: number): { id: string; page: number | undefined; cells: string[] }[] {
  const shown = table.used().length > 0 ? table.used() : [[0, table.at(0)] as const];
  return shown.slice(0, MOST).flatMap(([index, entry]) => {
    const gpa = base + index * levelBytes(table.level);
    const own = {
      id: `${table.level} ${gpa}`,
      page: entry.hpa,
      cells: [LEVELS[table.level] ?? String(table.level), addressText(gpa), entry.state],
    };
    return entry.table === undefined ? [own] : [own, ...entries(entry.table, gpa)];
  });
}

/** Entries beside the physical pages that they point to, with what the metadata table says of each page. */
export function septPicture(machine: TdxMachine, td: Td, title: string): TablesPicture {
  const last = before.get(td);
  const now = new Map<string, string>();
  const marked = (rows: readonly (Row & { readonly id: string })[]): Row[] =>
    rows.map((row) => {
      const text = row.cells.join(' ');
      now.set(row.id, text);
      return last === undefined || last.get(row.id) === text ? row : { ...row, mark: 'changed' as const };
    });
  const tree = td.sept === undefined ? [] : entries(td.sept.root, 0);
  const seen = new Set<number>();
  const pages = tree.flatMap(({ page }) => {
    if (page === undefined || seen.has(page)) return [];
    seen.add(page);
    const leaf = machine.pamt.find(page);
    const type = leaf?.entry.type ?? 'NDA';
    const owner = type === 'REG' ? ('P' as const) : type === 'NDA' ? ('H' as const) : ('F' as const);
    const bepoch = leaf === undefined || leaf.entry.bepoch === 0 ? '' : String(leaf.entry.bepoch);
    return [{ id: `page ${page}`, owner, cells: [addressText(page), type, bepoch] }];
  });
  const picture: TablesPicture = {
    kind: 'tables',
    title,
    tables: [
      {
        label: 'Secure EPT',
        columns: ['entry for', 'GPA', 'state'],
        rows: marked(tree.map(({ id, cells }) => ({ id, cells }))),
      },
      { label: 'PAMT', columns: ['page', 'type', 'BEPOCH'], rows: marked(pages) },
    ],
    edges: tree.flatMap(({ id, page }) => (page === undefined ? [] : [{ from: id, to: `page ${page}` }])),
  };
  before.set(td, now);
  return picture;
}

export function epochsPicture(td: Td, title: string): EpochsPicture {
  return {
    kind: 'epochs',
    title,
    lanes: Array.from({ length: td.vcpus }, (_, vcpu) => `VCPU ${vcpu}`),
    events: td.epochs.history.map((event) => ({
      text: event.text,
      epoch: event.epoch,
      ...(event.refused ? { refused: true as const } : {}),
      inside: Array.from({ length: td.vcpus }, (_, vcpu) => event.inside.get(vcpu) ?? 0),
    })),
  };
}
