/** Steps on mappings. */
import {
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  PAGE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../model/index.ts';
import { anyFd, type Draft, type DraftMap, type Maker, onFd, onMap, type Weighted } from './draft.ts';
import { byte, count, offset, word } from './values.ts';

const PROTS: readonly (readonly [number, number])[] = [
  [10, PROT_READ | PROT_WRITE],
  [4, PROT_READ],
  [2, PROT_WRITE],
  [1, 0],
  [1, PROT_READ | PROT_EXEC],
  [1, PROT_READ | PROT_WRITE | PROT_EXEC],
];

export const mmap = onFd((draft, { name, file }) => {
  const { random } = draft;
  const out = draft.name('m');
  const flags = random.weighted([
    [10, MAP_SHARED],
    [6, MAP_PRIVATE],
    [1, MAP_SHARED_VALIDATE],
    [1, MAP_PRIVATE | MAP_NORESERVE],
    [1, MAP_SHARED | MAP_POPULATE],
    [1, MAP_PRIVATE | MAP_POPULATE],
    [1, MAP_SHARED | MAP_LOCKED],
    [1, MAP_PRIVATE | MAP_LOCKED],
    [1, 0],
  ]);
  const long = random.weighted<() => bigint>([
    [10, () => BigInt(PAGE * (1 + random.below(6)))],
    [3, () => BigInt(count(random))],
    [1, () => random.pick([0n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 48n])],
  ])();
  const at = random.weighted<() => bigint>([
    [10, () => 0n],
    [4, () => BigInt(PAGE * random.below(6))],
    [1, () => offset(random, file.size)],
    [1, () => 2n ** 63n - BigInt(PAGE * random.below(5))],
  ])();
  const prot = random.weighted(PROTS);
  draft.add('mmap', { fd: name, length: word(long), prot, flags, offset: word(at), out });
  if (long > 0n && long < 2n ** 32n) draft.maps.push({ name: out, length: Number(long), file });
});

/** As a program that knows the file would map it: whole, shared. */
export const mapWhole = onFd((draft, { name, file }) => {
  const { random } = draft;
  if (file.size === 0n || file.size > BigInt(16 * PAGE)) return;
  const out = draft.name('m');
  const flags = random.once(file.kind === 'memfd' ? 3 : 8) ? MAP_PRIVATE : MAP_SHARED;
  const prot = random.once(6) ? PROT_READ : PROT_READ | PROT_WRITE;
  draft.add('mmap', { fd: name, length: Number(file.size), prot, flags, offset: 0, out });
  draft.maps.push({ name: out, length: Number(file.size), file });
});

export const anonymous: Maker = (draft) => {
  const out = draft.name('m');
  const size = PAGE * (1 + draft.random.below(4));
  draft.add('mmap_anon', { length: size, prot: draft.random.weighted(PROTS), out });
  draft.maps.push({ name: out, length: size, file: undefined });
};

/** A part of a mapping: usually whole pages inside it, now and then one page at either side, or a wrong length. */
function part(draft: Draft, { name, length: whole }: DraftMap): Record<string, unknown> {
  const { random } = draft;
  if (random.once(4)) return { map: name };
  const pages = Math.ceil(whole / PAGE);
  const start = random.once(16) ? -PAGE : PAGE * random.below(pages + 1);
  const skew = random.once(10) ? random.pick([1, PAGE - 1, 7]) : 0;
  const room = pages * PAGE + PAGE - (start + skew);
  const size = random.weighted<() => bigint>([
    [8, () => BigInt(PAGE * (1 + random.below(pages)))],
    [2, () => BigInt(1 + random.below(room))],
    [1, () => 0n],
    [1, () => random.pick([-1n, -BigInt(PAGE), 2n ** 64n - 1n])],
  ])();
  const fits = size < 0n || size > 2n ** 60n || size <= BigInt(room);
  return { map: name, offset: start + skew, length: word(fits ? size : BigInt(room)) };
}

/** The same, for calls that copy: a length that wraps is no length of a buffer. */
function buffer(draft: Draft, map: DraftMap): Record<string, unknown> {
  const found = part(draft, map);
  const size = found['length'];
  return typeof size === 'number' && size >= 0 ? found : { map: map.name };
}

function touch(draft: Draft, { name, length: whole }: DraftMap): Record<string, unknown> {
  const { random } = draft;
  const pages = Math.ceil(whole / PAGE);
  const at = random.weighted<() => number>([
    [10, () => PAGE * random.below(pages) + random.pick([0, 1, PAGE - 1, random.below(PAGE)])],
    [1, () => pages * PAGE + random.below(PAGE)],
    [1, () => -1 - random.below(PAGE)],
  ])();
  return { map: name, offset: at };
}

export const load = onMap((draft, map) => draft.add('load', touch(draft, map)));
export const store = onMap((draft, map) => draft.add('store', { ...touch(draft, map), byte: byte(draft.random) }));
export const munmap = onMap((draft, map) => draft.add('munmap', part(draft, map)));
export const mprotect = onMap((draft, map) => {
  const prot = draft.random.once(15) ? draft.random.pick([8, 16, 64]) : draft.random.weighted(PROTS);
  draft.add('mprotect', { ...part(draft, map), prot });
});
const ADVICE = ['MADV_NORMAL', 'MADV_DONTNEED', 'MADV_REMOVE', 'MADV_HUGEPAGE', 'MADV_POPULATE_READ'];
export const madvise = onMap((draft, map) => {
  const advice = draft.random.once(8) ? 'MADV_COLLAPSE' : draft.random.pick([...ADVICE, 'MADV_POPULATE_WRITE']);
  draft.add('madvise', { ...part(draft, map), advice });
});
export const mlock = onMap((draft, map) => draft.add('mlock', part(draft, map)));
export const readSelf = onMap((draft, map) => draft.add('process_vm_readv_self', buffer(draft, map)));
export const fromMap = onMap((draft, map) => {
  const fd = anyFd(draft);
  if (fd === undefined) return;
  const at = offset(draft.random, fd.file.size);
  draft.add('write_from_map', { fd: fd.name, ...buffer(draft, map), file_offset: word(at) });
});
export const intoMap = onMap((draft, map) => {
  const fd = anyFd(draft);
  if (fd === undefined) return;
  const at = offset(draft.random, fd.file.size);
  draft.add('pread_into_map', { fd: fd.name, ...buffer(draft, map), file_offset: word(at) });
});
/** Rare: F_SEAL_WRITE waits about 150 ms for references that stay. */
export const pin = onMap((draft, map) => {
  if (!draft.random.once(6)) return;
  const out = draft.name('p');
  draft.add('pin_pages', { ...buffer(draft, map), out });
  draft.pins.push(out);
});
export const unpin: Maker = (draft) => {
  const name = draft.pins.pop();
  if (name !== undefined) draft.add('unpin_pages', { pin: name });
};

export const MEMORY: Weighted = [
  [8, mmap],
  [10, load],
  [11, store],
  [3, munmap],
  [3, mprotect],
  [4, madvise],
  [2, mlock],
  [2, readSelf],
  [2, fromMap],
  [2, intoMap],
  [1, pin],
  [2, unpin],
  [1, anonymous],
];
