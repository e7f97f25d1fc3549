/** The state of a host as boxes and arrows: descriptors and mappings → open files → inodes → pages. */
import type { GraphPicture } from '../picture.ts';
import type { Owner } from '../trace.ts';
import { flagText, openText, PROT } from './flags.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import { ownership } from './ownership.ts';
import type { Process } from './process.ts';
import { sealsText } from './seals.ts';
import { bytesText } from './words.ts';

export type Node = GraphPicture['nodes'][number];
export type Edge = GraphPicture['edges'][number];
/** Adds boxes and arrows; the boxes of files are `file N` and `inode N`. */
export type Drawing = (nodes: Node[], edges: Edge[]) => void;

/** Runs of pages drawn per file. */
const MAX_RUNS = 8;

const OWNERS: Record<Owner, string> = {
  H: 'host',
  S: 'shared',
  P: 'guest private',
  F: 'firmware',
  K: 'no direct map',
  '!': 'poisoned',
  '·': 'no page',
};

export function picture(host: Host, title: string): GraphPicture {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  for (const process of host.processes) drawProcess(process, nodes, edges);
  const files = [...host.openFiles()].sort((a, b) => a.id - b.id);
  const inodes = new Set<Inode>();
  for (const file of files) {
    inodes.add(file.inode);
    const lines = [openText(file.flags), `position ${file.position}`];
    nodes.push({ id: `file ${file.id}`, label: `open file ${file.id}`, column: 1, lines });
    edges.push({ from: `file ${file.id}`, to: `inode ${file.inode.ino}` });
  }
  for (const inode of inodes) drawInode(host, inode, nodes, edges);
  for (const draw of host.drawings) draw(nodes, edges);
  const drawn = new Set(nodes.map(({ id }) => id));
  const known = edges.filter(({ from, to }) => drawn.has(from) && drawn.has(to));
  return { kind: 'graph', title, nodes, edges: known };
}

/** Short words: a drawing has to be readable on a phone. */
const range = (first: number, count: number): string =>
  count === 1 ? `page ${first}` : `pages ${first} to ${first + count - 1}`;

const rights = (prot: number): string =>
  flagText(prot, PROT, 'no access').replaceAll('PROT_', '').replaceAll('|', ', ').toLowerCase();

/** The set of seals without the common part of their names, two on a line. */
function sealLines(text: string): string[] {
  const names = text.replace(/[{}]/g, '').replaceAll('F_SEAL_', '').split('|');
  if (names.length === 1) return [names[0] === '' ? 'no seals' : `seal ${names[0]}`];
  const lines = [];
  for (let i = 0; i < names.length; i += 2) lines.push(names.slice(i, i + 2).join(', '));
  return ['seals', ...lines];
}

function drawProcess(process: Process, nodes: Node[], edges: Edge[]): void {
  for (const [fd, { file }] of [...process.files].sort(([a], [b]) => a - b)) {
    const id = `${process.pid} fd ${fd}`;
    nodes.push({ id, label: `${process.name}: fd ${fd}`, column: 0 });
    edges.push({ from: id, to: `file ${file.id}` });
  }
  for (const mapping of process.space.mappings) {
    if (mapping.file === undefined) continue;
    const id = `${process.pid} at ${mapping.start}`;
    const pages = (mapping.end - mapping.start) / 4096;
    const lines = [
      `${mapping.mayshare ? 'shared' : 'private'}: ${rights(mapping.prot)}`,
      range(mapping.pgoff, pages),
      ...(mapping.copies.size > 0 ? [`${mapping.copies.size} private copies`] : []),
    ];
    nodes.push({ id, label: `${process.name}: mapping`, column: 0, lines });
    edges.push({ from: id, to: `file ${mapping.file.id}`, label: 'maps' });
  }
}

function drawInode(host: Host, inode: Inode, nodes: Node[], edges: Edge[]): void {
  const id = `inode ${inode.ino}`;
  const lines = [
    `${bytesText(inode.size)}, mode 0${inode.mode.toString(8)}`,
    ...(inode.seals === null ? [] : sealLines(sealsText(inode.seals, host.kernel))),
  ];
  nodes.push({ id, label: inode.label, column: 2, lines });
  let page = 0;
  for (const [owner, count] of ownership(inode, host.kernel.extension).runs.slice(0, MAX_RUNS)) {
    const run = `${id} page ${page}`;
    nodes.push({ id: run, label: range(page, count), column: 3, owner, lines: [OWNERS[owner]] });
    edges.push({ from: id, to: run });
    page += count;
  }
  for (const user of inode.users) {
    const other = `${id} user ${user.name}`;
    nodes.push({ id: other, label: user.name, column: 3 });
    edges.push({ from: other, to: id, label: 'uses' });
  }
}
